# SPDX-License-Identifier: Apache-2.0
# Every command of the documents is run, and prints what they show. In a document (docs/man has a
# test of its own, man_examples.sh):
#
#   ```console            `$ COMMAND` lines are run in order, in one shell for each document, in a
#                         throw-away folder. Behind a backslash a command goes on in the next line.
#                         Lines below a command are its output, both streams of it; without any,
#                         it may print anything. tests/support/same_output.awk has the rules.
#   $ echo $?             the command before it may fail; every other one must succeed
#   <!-- run: COMMAND --> is run too: what a reader has, or has done, already
#   <!-- file: NAME -->   the block behind it, of any other language, is written to this file
#   <!-- not run: WHY --> the console block behind it needs what a test does not have
#
# Commands in another kind of block are an error, but for the `sh` blocks of plugin-author.md, which
# tests/plugin/test_out_of_tree.sh runs.
. "$MACTL_SOURCE/tests/support/shell.sh"
PATH=$(dirname "$MACTL"):$PATH
export PATH MACTL_SCHEMAS=$MACTL_SOURCE/schemas
ran=0

# --- a document becomes numbered files: N (a command), N.line, N.want (what it shall print)
begin_command() {
  number=$((number + 1))
  printf '%s\n' "$1" >"$steps/$number"
  echo "$place" >"$steps/$number.line"
}

console_line() {
  case $1 in
    '$ '*) begin_command "${1#??}" ;;
    *) if [ "$more" = 1 ]; then printf '%s\n' "$1" >>"$steps/$number"; else
         printf '%s\n' "$1" >>"$steps/$number.want"; return
       fi ;;
  esac
  case $1 in *'\') more=1 ;; *) more=0 ;; esac
}

block_line() {
  case $block in
    console) console_line "$1" ;;
    skipped | sh) ;;
    *)
      [ -z "$file" ] || printf '%s\n' "$1" >>"$steps/$number.file"
      case $1 in '$ '* | 'mactl '*) fail "$document:$place: a command that is not run: $1" ;; esac ;;
  esac
}

begin_block() {
  block=${1:-text}
  [ "$block" != sh ] || [ "${document##*/}" = plugin-author.md ] || fail "$document:$place: sh, not console"
  [ "$block" != console ] || [ -z "$skip" ] || block=skipped
  skip='' more=0
  if [ -n "$file" ]; then
    begin_command "cp '$steps/$((number + 1)).file' '$file'"
    : >"$steps/$number.file"
  fi
}

split_document() {
  local line block='' file='' skip='' more=0 place=0
  number=0
  while IFS= read -r line; do
    place=$((place + 1))
    if [ -n "$block" ]; then
      if [ "$line" = '```' ]; then block='' file=''; else block_line "$line"; fi
      continue
    fi
    case $line in
      '```'*) begin_block "${line#???}" ;;
      '<!-- run: '*) line=${line#*run: } && begin_command "${line% -->}" ;;
      '<!-- file: '*) line=${line#*file: } && file=${line% -->} ;;
      '<!-- not run: '*) skip=1 ;;
    esac
  done <"$MACTL_SOURCE/$document"
}

# --- the commands, in one shell, so that `cd`, variables and $? go on. Each file sets the code itself:
# what bash sources in a subshell may end with a command that takes the place of the shell.
run_document() {
  (
    cd "$work/document" && code=0
    for ((i = 1; i <= number; i++)); do
      before=$code code=none
      echo 'code=$?' >>"$steps/$i"
      (exit "$before")
      . "$steps/$i" >"$steps/$i.got" 2>&1 </dev/null
      echo "$code" >"$steps/$i.code"
      [ "$code" != none ] || code=1
    done
  )
}

check_step() {
  local code
  last="-- $document:$(cat "$steps/$1.line"): $(sed '$d' "$steps/$1")" err='' out=$(cat "$steps/$1.got")
  code=$(cat "$steps/$1.code" 2>/dev/null)
  ran=$((ran + 1))
  grep -qxF 'echo $?' "$steps/$(($1 + 1))" 2>/dev/null || [ "$code" = 0 ] || fail "exit code ${code:-none}"
  [ ! -f "$steps/$1.want" ] || awk -f "$MACTL_SOURCE/tests/support/same_output.awk" "$steps/$1.want" "$steps/$1.got" ||
    fail "another output than the document shows"
}

# --- the comparison itself: WANTED and GOT, with \n between lines
compare() { printf "$2" >want && printf "$3" >got && awk -f "$MACTL_SOURCE/tests/support/same_output.awk" want got >/dev/null; [ $? = "$1" ] || fail "'$2' and '$3'"; }
compare 0 'a\nb\n' 'a\nb\n'
compare 1 'a\nb\n' 'a\nc\n'
compare 1 'a\n' 'a\nb\n'
compare 1 'a\nb\n' 'a\n'
compare 0 'a\n...\n' 'a\nb\nc\n'
compare 0 '...\nc\n' 'c\n'
compare 1 '...\nc\n' 'c\nd\n'
compare 0 'run 1  x / y  12.4 s\n' 'run 1  x / y  0.1 s\n'
compare 1 'add 3\n' 'add 4\n'
compare 0 'a ... of ... c\n' 'a b of b c\n'
compare 1 'a ... c\n' 'a b d\n'
compare 0 '2026-11-24 10:00:00  x\n' '2027-01-02 11:12:13  x\n'

documents() { (cd "$MACTL_SOURCE" && find README.md docs -name '*.md' | sort); }

for document in $(documents); do
  steps=$work/steps number=0
  rm -rf "$steps" "$work/document" && mkdir "$steps" "$work/document"
  split_document
  run_document
  for ((i = 1; i <= number; i++)); do check_step "$i"; done
done
[ "$ran" -gt 20 ] || fail "only $ran commands were found"
finish
