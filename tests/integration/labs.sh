# SPDX-License-Identifier: Apache-2.0
# The servers of a test end with it, also where it is killed and can run nothing any more; and two tests that run at once
# on one machine, of two checks, do not meet.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/guard.sh"
command -v slapd >/dev/null || [ -x /usr/sbin/slapd ] || { echo "no slapd here: tools/install-packages test"; exit 77; }

# A test that has a directory, says where, and waits. Its folder is below ours.
cat >directory <<'END'
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/adam.sh"
read -r server _ <"$SLAPD_LAB_DIR/pid"
"${mortal[@]}" sleep 1000 &
until [ "$(cat /proc/$!/comm)" = sleep ]; do :; done # before, it is not mortal yet
echo "$work $server $! $SLAPD_LAB_IP" >"$told"
read -r word <"$go"
END
cat >controller <<'END'
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
ad_begin
read -r server _ <"$AD_LAB_DIR/pid"
"${mortal[@]}" sleep 1000 &
until [ "$(cat /proc/$!/comm)" = sleep ]; do :; done # before, it is not mortal yet
echo "$work $server $! $AD_IP" >"$told"
read -r word <"$go"
END
mkfifo told go
export told=$PWD/told go=$PWD/go
# begin SCRIPT: $test, $folder, $server, $helper, $address of it. Nothing is said where the one before has not closed yet.
begin() {
  bash "$1" >"$1.out" 2>&1 &
  test=$!
  until read -r folder server helper address <told; do :; done
  births[$server]=$(birth "$server") births[$helper]=$(birth "$helper")
}
declare -A births # a number may be somebody else's soon
birth() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'; }
lives() { [ -n "${births[$1]}" ] && [ "$(birth "$1")" = "${births[$1]}" ]; }
all_gone() { [ ! -e "$folder" ] && ! lives "$server" && ! lives "$helper"; }
# The guard gives its address back when all else is done.
is_free() { /usr/bin/python3 -c "import socket; socket.socket().bind(('$1', 64389))" 2>/dev/null; }
soon() { comes all_gone || { ls -a "$folder"; ps -o pid,ppid,sid,stat,etime,args -p "$server,$helper"; return 1; }; }

# --- killed: its server, what it started beside, and its folder go -------------------------------------------
for kind in directory controller; do
  [ $kind = directory ] || { [ "$(id -u)" = 0 ] && PATH=$PATH:/usr/sbin command -v samba >/dev/null; } || continue
  begin $kind
  check 'a server' lives "$server"
  kill -9 $test
  wait $test 2>/dev/null
  check "$kind: nothing is left of a test that was killed" soon
done

# --- the same with all of its children, as ctest does it ------------------------------------------------------
begin directory
first=$address
kill -9 $(pgrep -P $test) $test
wait $test 2>/dev/null
check 'nothing is left where its children were killed, too' soon

# --- two at once: each at an address of its own, and an address comes back ---------------------------------------
begin directory
one=($test "$folder" "$server" "$helper" "$address")
begin directory
check 'two addresses' test "${one[4]}" != "$address"
check 'both serve' lives "${one[2]}"
check 'both serve' lives "$server"
kill -9 "${one[0]}" $test
wait "${one[0]}" $test 2>/dev/null
check 'the second is gone' soon
read -r folder server helper <<<"${one[*]:1:3}"
check 'and the first' soon
check 'its address is free again' comes is_free "$first"

# --- who ends by itself leaves nothing either ------------------------------------------------------------------------
begin directory
echo >go
wait $test
check 'it ends well' test $? = 0
check 'and nothing is left' soon
finish
