#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The arrow of docs/architecture.md: an #include goes left only; and what else each file has to keep to.
set -u
cd "${1:?source folder}" || exit 2
levels=(base model 'expr config space' 'rules store plugin'
  'stage sync export instance show designer' 'history rights' report run)
bad=0
left=
for level in "${levels[@]}"; do
  for folder in $level; do
    while IFS=: read -r file line text; do
      target=${text#*\"}; target=${target%%/*}
      case " $left $folder " in
        *" $target "*) ;;
        *) echo "$file:$line: core/$folder may not include $target/"; bad=1 ;;
      esac
    done < <(grep -rnE '^#include "[a-z_]+/' "core/$folder" --include='*.[ch]')
  done
  left="$left $level"
done
for folder in core/*/; do
  folder=$(basename "$folder")
  case " cmake include ${levels[*]} " in
    *" $folder "*) ;;
    *) echo "core/$folder has no place in the arrow"; bad=1 ;;
  esac
done
# Plugins: <mactl/ma.h> <- plugins/support <- plugins/<name>, and no plugin knows another.
for folder in plugins/*/; do
  folder=$(basename "$folder")
  while IFS=: read -r file line text; do
    target=${text#*\"}; target=${target%%/*}
    case " $folder support " in
      *" $target "*) ;;
      *) echo "$file:$line: plugins/$folder includes <mactl/ma.h>, itself and support/ only: $text"; bad=1 ;;
    esac
  done < <(grep -rnE '^#include "[a-z_.]+/' "plugins/$folder" --include='*.[ch]')
done
declare -A only=( [libxml]="core/config" [ltdl.h]="core/plugin" [lmdb.h]="core/store" )
for header in "${!only[@]}"; do
  while IFS=: read -r file line text; do
    case $file in "${only[$header]}"/*) ;; *) echo "$file:$line: only ${only[$header]} knows $header"; bad=1 ;; esac
  done < <(grep -rnE "^#include <$header" core mactl plugins --include='*.[ch]')
done
while read -r file; do
  head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || { echo "$file: no SPDX line"; bad=1; }
done < <(find core mactl plugins tests -name '*.[ch]')
# A heading within a file is one line.
broken=$(find core mactl plugins tests -name '*.[ch]' -exec awk '
  heading && /^ \*(\/| -)/ { print FILENAME ":" FNR - 1 ": a heading is broken in two" }
  { heading = /^\/\* --- / && !/\*\// }' {} +)
[ -z "$broken" ] || { echo "$broken"; bad=1; }
exit $bad
