# SPDX-License-Identifier: Apache-2.0
# config diff: what means something else is told, each as one line; what does not, is not.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
fresh() { rm -rf b && cp -r "$1" b && chmod -R u+w b; }
same() { run 0 config diff "$1" b; says 'no differences'; }

# --- no difference: the same, and what is only written otherwise
for export in "$exports/classic" "$exports/connect" "$pair/export"; do
  fresh "$export"
  same "$export"
done
fresh "$pair/export"
sed -i 's/<\(id\|connector\)>{\(.*\)}</<\1>{\U\2\E}</' b/SynchronizationRules/*
sed -i 's/" &amp; \[displayName\] &amp; "/"   \&amp;[displayName]\&amp;\n  "/' b/SynchronizationRules/*2}.xml
sed -i 's/<description\/>/<description>changed<\/description>/; s/<version>1</<version>9</' b/SynchronizationRules/*
sed -i 's|<attribute>employeeID</attribute>\(.*\)</attribute-inclusion>|\1<attribute>employeeID</attribute></attribute-inclusion>|' b/Connectors/*1}.xml
same "$pair/export"
fresh "$exports/classic"
sed -i 's/<creation-time>2020/<creation-time>2026/' b/*
same "$exports/classic"
# the clauses of one group in another order
scoped=$MACTL_SOURCE/tests/unit/config/data/connect
fresh "$scoped"
sed -i '/<scope><csAttribute>userAccountControl/{h;d}; /<scope><csAttribute>displayName/G' b/SynchronizationRules/*1}.xml
check 'they are in another order' test -n "$(diff -r "$scoped" b)"
same "$scoped"
sed -i 's|<csValue>2</csValue>|<csValue>3</csValue>|' b/SynchronizationRules/*1}.xml
run 20 config diff "$scoped" b
says '- scope: displayName ISNOTNULL and userAccountControl ISBITNOTSET 2'
says '+ scope: displayName ISNOTNULL and userAccountControl ISBITNOTSET 3'

# --- rules: down to the flow
fresh "$pair/export"
sed -i 's|<precedence>100<|<precedence>90<|; s|<mapping><dest>mail</dest><src><attr>mail</attr></src>.*|<mapping><dest>mail</dest><expression>LCase([mail])</expression><valueMergeType>Update</valueMergeType></mapping>|; /<dest>title</d' b/SynchronizationRules/*1}.xml
rm b/SynchronizationRules/*3}.xml
run 20 config diff "$pair/export" b
check 'exactly this' diff - <(echo "$out") <<'END'
- rule "In from Directory - User" of Directory
~ rule "In from HR - Person" of HR
    - flow mail: mail
    + flow mail: LCase([mail])
    - flow title: title
    - precedence: 100
    + precedence: 90
END
run 20 config diff b "$pair/export"
says '+ rule "In from Directory - User" of Directory'
says '+ flow title: title'
run 20 config diff "$pair/export" b -o json
check 'the document' jq -e '.schema == "mactl/config-diff/1" and (.differences | length == 4)
  and ([.differences[].change] | sort) == ["changed", "changed", "removed", "removed"]
  and (.differences[] | select(.what == "flow mail") | .before == "mail" and .after == "LCase([mail])" and .agent == "HR")' <<<"$out"

# --- the same rules under GUIDs of another server
fresh "$pair/export"
sed -i 's/eeeeeeee-0000/eeeeeeee-1111/g' b/SynchronizationRules/*
same "$pair/export"

# --- agents: selection, containers, run profiles
fresh "$pair/export"
sed -i 's|<attribute>mail</attribute>||; s|<name>Rejoin</name>|<name>Join Anew</name>|; 0,/<inclusion><\/inclusion>/s||<inclusion>ou=people,dc=hr</inclusion>|' b/Connectors/*1}.xml
run 20 config diff "$pair/export" b
says '- attribute mail'
says '- run profile Rejoin'
says '+ run profile Join Anew step 1: Full Synchronization in default, joins anew'
says 'partition default container ou=people,dc=hr'

# --- the classic family: joins, flows, projections; a secret is told and not shown
fresh "$exports/classic"
sed -i 's/<constant-value>Geheim-2020!</<constant-value>Geheim-2021!</; s|mv-attribute="employeeID"><direct-mapping><src-attribute>employeeID|mv-attribute="employeeID"><direct-mapping><src-attribute>cn|' b/MA-AD.xml
sed -i 's|<src-attribute>givenName</src-attribute></direct-mapping>|<src-attribute>displayName</src-attribute></direct-mapping>|' b/MV.xml
run 20 config diff "$exports/classic" b
says '- join of user: employeeID = employeeID of person'
says '+ join of user: cn = employeeID of person'
says 'export flow person to user unicodePwd: ***'
says 'person givenName: displayName'
says_not Geheim
run 20 config diff "$exports/classic" b -o json
says_not Geheim

# --- from an export to the instance
pair_begin i
run 0 -C i config diff "$pair/export"
sed -i 's|<precedence>100<|<precedence>90<|' i/config/SynchronizationRules/*1}.xml
run 20 -C i config diff "$pair/export"
says '+ precedence: 90'
run 20 config diff "$pair/export" i
run 0 config diff i i/config
run 2 config diff "$pair/export"
warns 'config diff A B'
run 2 config diff "$pair/export" nowhere
run 2 config diff
mkdir empty
run 8 config diff "$pair/export" empty
fresh "$pair/export"
sed -i 's/<direction>Inbound/<direction>Sideways/' b/SynchronizationRules/*1}.xml
run 8 config diff "$pair/export" b
warns 'SynchronizationRule_{eeeeeeee-0000-4000-8000-000000000001}.xml:'
finish
