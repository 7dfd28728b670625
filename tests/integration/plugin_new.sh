# SPDX-License-Identifier: Apache-2.0
# plugin new rules: the skeleton compiles against the installed SDK without a warning, is loaded, and
# each of its functions says that it is not written yet.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/scripted.sh"
prefix=$work/prefix
check 'it can be installed' cmake --install "$MACTL_BUILD" --prefix "$prefix"
build() {
  check "$1 is configured" env -u CMAKE_C_COMPILER_LAUNCHER cmake -S "$1" -B "$1/build" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_FLAGS='-Wall -Wextra -Wpedantic -Wconversion -Werror'
  check "$1 is built" cmake --build "$1/build"
}

# --- usage
run 2 plugin new rules export
warns '--from-config'
run 2 plugin new rules --from-config nowhere
run 2 plugin new rules --from-config "$exports/connect" --into nothing
warns 'there is nothing to write'
check 'no folder is made for nothing' test ! -e nothing

# --- of an instance: one flow, which then is an error of the object until it is written
run 0 -C i plugin new rules --from-config --into rules
says 'rules/Corp.Rules.c'
warns 'cmake -S rules'
check 'it names what is asked for' grep -q 'import flow corp.displayName' rules/Corp.Rules.c
check 'and where' grep -q 'HR: displayName of person, from givenName, sn of person (MV.xml:[0-9]*)' rules/Corp.Rules.c
run 2 -C i plugin new rules --from-config --into rules
warns 'is there already'
build rules
run 0 plugin inspect ./rules/build/Corp.Rules.so -o json
check 'it is a rules extension' jq -e '.roles == ["rules"]' <<<"$out"
run 0 -C i run-profile HR 'Full Import'
run 9 -C i run-profile HR 'Full Sync'
mkdir i/plugins
cp rules/build/Corp.Rules.so i/plugins/
run 4 -C i run-profile HR 'Full Sync'
run 0 -C i errors list -o json
check 'the function was called' jq -e '[.errors[].text | test("import flow .corp.displayName. is not written yet")] | all and length == 2' <<<"$out"

# --- every kind of hook, whatever its names hold
cp -r export all && chmod -R u+w all
sed -i 's|<script-context>corp.displayName</script-context>|<script-context>a "quoted" \\ */ 100% name</script-context>|' all/MV.xml
run 0 plugin new rules --from-config all --into odd -o json
check 'the files' jq -e '.schema == "mactl/plugin-new/1" and .files == ["Corp.Rules.c", "CMakeLists.txt", "README.md"]' <<<"$out"
build odd

# --- the corpus, as it was exported
if [ -d "$MACTL_CORPUS/mim-contoso" ]; then
  mim=$MACTL_SOURCE/tests/corpus/mim-contoso
  run 0 -C m config import "$MACTL_CORPUS/mim-contoso" -q
  sed '/<agent name="FIM Service"/,/<\/agent>/d' "$mim/mactl.xml" >m/mactl.xml
  cp -r "$mim"/data/* m/madata/
  run 0 -C m plugin new rules --from-config --into mim
  check 'the scripted flow' grep -q 'export flow Active' mim/BHOLD_FIMEmployeeExtension.c
  check 'the metaverse' grep -q '^static enum ma_status on_delete_object' mim/MVExtension.c
  build mim
  mkdir m/plugins
  cp mim/build/*.so m/plugins/
  lines=$(sed -n 's|^ *\(<extension .*/>\)$|\1|p' mim/README.md | tr '\n' ' ')
  sed -i "s|</mactl>|$lines</mactl>|" m/mactl.xml
  run 0 -C m plugin list
  says_not 'refused'
  run 0 -C m run-profile 'Contoso HR System' 'Full Import'
  run 4 -C m run-profile 'Contoso HR System' FS
  says_not 'not done'
  says_not 'without a plugin'
  run 0 -C m errors list -o json
  check 'its functions are called' jq -e '[.errors[].text | test("provisioning is not written yet")] | length == 10 and all' <<<"$out"
fi
finish
