# SPDX-License-Identifier: Apache-2.0
# An instance i whose agent HR, a CSV file, has one scripted flow: corp.displayName of Corp.Rules.dll,
# which mactl.xml does not bind. Sourced behind shell.sh.
cp -r "$MACTL_SOURCE/tests/unit/sync/data/classic" export
chmod -R u+w export
scripted='<scripted-mapping><src-attribute>givenName</src-attribute><src-attribute>sn</src-attribute><script-context>corp.displayName</script-context></scripted-mapping>'
sed -i 's/\bcn\b/displayName/g' export/MV.xml
sed -i "/65F1219C/,/import-flow>/ s|<direct-mapping>.*|$scripted|" export/MV.xml
sed -i 's|<extension></extension>|<extension><assembly-name>Corp.Rules.dll</assembly-name><application-protection>low</application-protection></extension>|' export/MA-HR.XML
check 'the flow is scripted' grep -q 'corp.displayName' export/MV.xml

run 0 -C i config import export -q
mkdir -p i/madata/HR
printf 'employeeID,givenName,sn,title,status,manager\n1,Ada,Lovelace,Countess,active,\n2,Eve,,Analyst,active,\n' >i/madata/HR/hr.csv
cat >i/mactl.xml <<'XML'
<mactl version="1">
  <agent name="HR" plugin="file_ma">
    <parameter name="format">delimited</parameter>
    <parameter name="file">hr.csv</parameter>
    <parameter name="object-class">person</parameter>
  </agent>
</mactl>
XML
