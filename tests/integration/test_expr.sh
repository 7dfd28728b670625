#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mactl expr eval and mactl expr functions, as a person at a terminal sees them.
set -u
mactl=${1:?program}
failed=0

# check NAME EXIT OUTPUT ARGUMENT...: stdout and the exit code
check() {
  local name=$1 code=$2 wanted=$3 got
  shift 3
  got=$("$mactl" expr "$@" 2>/tmp/expr.$$)
  local was=$?
  if [ "$got" != "$wanted" ] || [ $was -ne "$code" ]; then
    printf '%s: exit %s, wanted %s\n got: %s\n wanted: %s\n' "$name" $was "$code" "$got" "$wanted"
    cat /tmp/expr.$$
    failed=1
  fi
}

# says NAME EXIT WORDS ARGUMENT...: the words are part of stderr, and stdout is empty
says() {
  local name=$1 code=$2 words=$3 got
  shift 3
  got=$("$mactl" expr "$@" 2>&1 >/tmp/expr.$$)
  local was=$?
  if [[ "$got" != *"$words"* ]] || [ $was -ne "$code" ] || [ -s /tmp/expr.$$ ]; then
    printf '%s: exit %s, wanted %s\n got: %s\n wanted: %s\n' "$name" $was "$code" "$got" "$words"
    failed=1
  fi
}
trap 'rm -f /tmp/expr.$$' EXIT

check 'a text' 0 '"abc"' eval 'Left(Trim([info]),3)' --set 'info= abcdef'
check 'no value' 0 'NULL' eval '[mail]'
check 'an empty value is there' 0 'True' eval 'IsEmpty([mail])' --set mail=
check 'a number' 0 'False' eval 'IIF(BitAnd([userAccountControl],2)=0,True,False)' --set userAccountControl=514
check '64 bits' 0 '9223372036854775807' eval '[x]' --set x=9223372036854775807
check 'more than 64 bits is a text' 0 '"9223372036854775808"' eval '[x]' --set x=9223372036854775808
check 'zeros in front are kept' 0 '"007"' eval '[x]' --set x=007
check 'a text by its prefix' 0 '"12"' eval '[x]' --set x=text:12
check 'a boolean' 0 'True' eval '[x]' --set x=TRUE
check 'binary as hex' 0 'hex:0AFF' eval '[x]' --set x=hex:0aff
check 'binary as Base64' 0 'hex:0AFF' eval '[x]' --set x=base64:Cv8=
check 'a reference' 0 '"Ada"' eval 'DNComponent([x],1)' --set x=ref:CN=Ada,DC=x
check 'several values are sorted' 0 '{"a", "b"}' eval '[x]' --set x=b --set x=a --set x=b
check 'references are sorted' 0 '{CRef("CN=a"), CRef("CN=b")}' eval '[x]' --set x=ref:CN=b --set x=ref:CN=a
check 'a text among numbers makes all texts' 0 '{"1", "a"}' eval '[x]' --set x=a --set x=1
check 'the name has no case' 0 '"a"' eval '[MAIL]' --set mail=a
check 'imported is what is set' 0 '"a"' eval 'ImportedValue("mail")' --set mail=a
check 'imported differs' 0 '"b"' eval 'ImportedValue("mail")' --set mail=a --imported mail=b
check 'imported is nothing' 0 'NULL' eval 'ImportedValue("mail")' --set mail=a --imported mail
check 'a count' 0 '2' eval 'ValueCount("x")' --set x=1 --set x=2
check 'a parameter' 0 '"ada@contoso.com"' eval '[sAMAccountName] & "@" & %Domain.FQDN%' \
  --set sAMAccountName=ada --param Domain.FQDN=contoso.com
check 'an expression that begins with a minus' 0 '-3' eval -- '-1 - 2'
check 'a control value' 0 'IgnoreThisFlow' eval 'IgnoreThisFlow'
check 'a trace' 0 'Trim([x])
    = "a"
IsNullOrEmpty(Trim([x]))
    = False
False' eval 'IsNullOrEmpty(Trim([x]))' --set 'x= a' -o trace

says 'a syntax error names the place' 8 'error: 1:4: ' eval '1 +'
says 'an unknown function has a neighbour' 8 "did you mean 'Trim'" eval 'Trimm([x])'
says 'a certificate function is refused by name' 8 'CertIssuer is not supported' eval 'CertIssuer([x])'
says 'Error() fails the object' 4 'error: AccountName is not present' eval 'Error("AccountName is not present")'
says 'an evaluation fails the object' 4 'error: Item: there is no value 3' eval 'Item([x],3)'
says 'a bad option' 2 'NAME=VALUE' eval '[x]' --set =1
says 'a bad parameter' 2 'NAME=VALUE' eval '%x%' --param x
says 'bad Base64' 2 'cannot be read' eval '[x]' --set x=base64:*
says 'types are not mixed' 2 'different types' eval '[x]' --set x=1 --set x=hex:01
says 'no expression' 2 'an argument is missing' eval
says 'an unknown function asked for' 2 'mactl expr functions Contains' functions contans

check 'help on a function' 0 'str Left(str text, num number)
    The first characters; all of them for a number below 0.
    Left("John Doe",3) gives "Joh"' functions left

json=$("$mactl" expr eval '[x] & "!"' --set x=a -o json) || failed=1
for part in '"schema": "mactl/expr/1"' '"expression": "[x] & \"!\""' '"type": "string"' '"value": "a!"' '"error": null'; do
  [[ $json == *"$part"* ]] || { echo "JSON lacks $part: $json"; failed=1; }
done
json=$("$mactl" expr eval 'Error("no")' -o json)
[ $? -eq 4 ] || { echo "JSON of an error: not exit 4"; failed=1; }
for part in '"type": "error"' '"error": "no"' '"triggered": true'; do
  [[ $json == *"$part"* ]] || { echo "JSON of an error lacks $part: $json"; failed=1; }
done
[ "$("$mactl" expr functions -o name | wc -l)" -gt 90 ] || { echo "few functions"; failed=1; }
exit $failed
