# SPDX-License-Identifier: Apache-2.0
# mactl init makes an instance, in an empty place only.
. "$MACTL_SOURCE/tests/support/shell.sh"

run 0 init sync
warns 'next: mactl -C sync config import EXPORT'
check 'the folders are there' test -d sync/config -a -d sync/store -a -d sync/madata -a -d sync/secrets
check 'secrets are closed to others' test "$(stat -c %a sync/secrets)" = 700
check 'mactl.xml is commented XML' xmllint --noout sync/mactl.xml
run 0 config validate sync/mactl.xml

run 2 init sync
warns 'is an instance already'
mkdir full && echo letter >full/letter
before=$(picture full)
run 2 init full
warns "holds something else ('letter')"
check 'nothing changed' test "$before" = "$(picture full)"

mkdir here && cd here || exit 1
run 0 init -q
check 'nothing is said' test -z "$out$err"
check 'the current folder is meant' test -f mactl.xml
cd ..
run 0 init a/b/c
check 'folders above are made' test -f a/b/c/mactl.xml
MACTL_HOME=$PWD/home run 0 init
check 'MACTL_HOME is meant' test -f home/mactl.xml
run 2 init one two
warns 'too many arguments'
finish
