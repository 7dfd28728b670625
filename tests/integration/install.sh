# SPDX-License-Identifier: Apache-2.0
# cmake --install: every file, where a distribution expects it, and a tree that works wherever it is.
. "$MACTL_SOURCE/tests/support/shell.sh"
: "${MACTL_BUILD:?the build folder}"
unset MACTL_PLUGIN_PATH
last='-- cmake --install'
destdir() { DESTDIR=$PWD/$1 cmake --install "$MACTL_BUILD" --prefix /usr "${@:2}" >"$TMPDIR/log" 2>&1; }
files() { (cd "$1/usr" && find . -mindepth 1 ! -type d | sed 's|^\./||' | sort); }

destdir all
check 'it is installed' test -x all/usr/bin/mactl
libdir=$(cd all/usr && dirname "$(find lib* -type d -name mactl ! -path '*/cmake/*')")

# --- the list
{
  echo bin/mactl
  echo include/mactl/ma.h
  printf "$libdir/cmake/mactl/%s\n" mactl-config.cmake mactl-config-version.cmake mactl-plugin.cmake mactl-targets.cmake
  echo "$libdir/pkgconfig/mactl.pc"
  for plugin in "$MACTL_SOURCE"/plugins/*_ma "$MACTL_SOURCE"/plugins/acl_audit; do
    echo "$libdir/mactl/plugins/${plugin##*/}.so"
  done
  echo share/bash-completion/completions/mactl
  for page in "$MACTL_SOURCE"/docs/man/*.[1-8]; do
    echo "share/man/man${page##*.}/${page##*/}"
  done
  for schema in "$MACTL_SOURCE"/schemas/*.rng; do
    echo "share/mactl/schemas/${schema##*/}"
  done
  (cd "$MACTL_SOURCE/schemas" && find cloud -type f -printf 'share/mactl/schemas/%p\n')
  printf 'share/doc/mactl/%s\n' LICENSE README.md admin-guide.md coexistence.md plugin-author.md
  (cd "$MACTL_SOURCE/docs" && find examples -type f -printf 'share/doc/mactl/%p\n')
  (cd "$MACTL_SOURCE/plugins" && find example -type f -printf 'share/doc/mactl/examples/%p\n')
} | sort >"$TMPDIR/wanted"
check 'exactly these files are there' diff "$TMPDIR/wanted" <(files all)

# --- what a distribution looks at
check 'programs and plugins can be run' test -z "$(find all/usr/bin -type f ! -perm -755)"
check 'everything can be read' test -z "$(find all ! -perm -444)"
check 'nobody else can write' test -z "$(find all ! -type l -perm /022)"
check 'no text names the source or the build folder' \
  test -z "$(grep -rlIF -e "$MACTL_SOURCE/" -e "$MACTL_BUILD" all | head -n 3)"
check 'no program looks for libraries elsewhere' \
  test -z "$(find all -name '*.so' -o -name mactl -type f -perm -100 | xargs -r -n1 readelf -d 2>/dev/null | grep -E 'R(UN)?PATH')"

# --- two packages
destdir run --component runtime
destdir dev --component development
check 'the two together are everything' diff <(files all) <({ files run; files dev; } | sort)
check 'what runs needs no header' test ! -e run/usr/include
check 'the header is for authors' test -f dev/usr/include/mactl/ma.h

# --- it works where it is
mv run moved
installed=$PWD/moved/usr/bin/mactl
MACTL=$installed
run 0 plugin list -o name
says file_ma
run 0 -C sync config import "$exports/classic"
says_not 'HR (Delimited)'
run 0 plugin inspect file_ma
says "$PWD/moved/usr"
check 'pkg-config finds the header' \
  grep -q "dev/usr/$libdir/pkgconfig/../../include\|dev/usr/include" <(PKG_CONFIG_PATH=$PWD/dev/usr/$libdir/pkgconfig pkg-config --cflags mactl)
check 'pkg-config finds nothing wrong' env PKG_CONFIG_PATH="$PWD/dev/usr/$libdir/pkgconfig" pkg-config --validate mactl
check 'the manual can be read' test -n "$(MANPATH=$PWD/moved/usr/share/man mandoc -T ascii moved/usr/share/man/man1/mactl.1)"
check 'the completion is bash' bash -n moved/usr/share/bash-completion/completions/mactl
check 'mactl.xml follows its schema' xmllint --noout --relaxng moved/usr/share/mactl/schemas/mactl.rng sync/mactl.xml
for file in "$exports"/classic/MA-*; do
  check "${file##*/} follows its schema" \
    xmllint --noout --relaxng moved/usr/share/mactl/schemas/saved-ma-configuration.rng "$file"
done
finish
