# SPDX-License-Identifier: Apache-2.0
# Seven users whose values are to be written back, each with its own reason why that fails: tests/lab/ad seeds them.
# Sourced behind shell.sh, ad.sh and cloud.sh.
#
#   write_back_begin           a domain controller with them; their addresses are set; $dn, $attributes
#   mailboxes                  what the cloud holds of them once their mailboxes have moved, in mailboxes.txt
#   mailboxes_move INSTANCE    ... and now it does
#   predict INSTANCE FILE      "NAME ATTRIBUTE VERDICT WHOLE SPLIT" of each of the 42, as `acl effective` says
#   written FILE               "NAME ATTRIBUTE written|refused", as the directory has it
declare -A dn
attributes=(msExchSafeSendersHash msExchBlockedSendersHash msExchSafeRecipientsHash msExchArchiveStatus
  msExchUCVoiceMailSettings proxyAddresses)

write_back_begin() {
  local name sync
  ad_begin
  ad_seed
  sync=OU=Sync,$AD_BASE
  dn=([alice]="CN=alice,OU=Staff,$sync" [bob]="CN=bob,OU=Staff,$sync" [carol]="CN=carol,OU=Staff,$sync"
    [dave]="CN=dave,OU=Staff,$sync" [erin]="CN=erin,OU=Outside,$AD_BASE" [frank]="CN=frank,OU=Outside,$AD_BASE"
    [gina]="CN=gina,OU=Blocked,$sync")
  for name in "${!dn[@]}"; do # addresses of the directory's own
    printf 'dn: %s\nchangetype: modify\nreplace: proxyAddresses\nproxyAddresses: SMTP:%s@%s\nproxyAddresses: smtp:%s.old@%s\n-\nreplace: mail\nmail: %s@%s\n\n' \
      "${dn[$name]}" "$name" "$agent" "$name" "$agent" "$name" "$agent"
  done | ad_modify
}

mailboxes() {
  local name hash
  for name in "${!dn[@]}"; do
    hash=$(printf %s "$name" | base64)
    printf 'user %s@%s\ncloudLegacyExchangeDN: /o=ExchangeLabs/cn=%s\ncloudMSExchSafeSendersHash:: %s\ncloudMSExchBlockedSendersHash:: %s\ncloudMSExchSafeRecipientsHash:: %s\ncloudMSExchArchiveStatus: 1\ncloudMSExchUCVoiceMailSettings: ExchangeHostedVoiceMail=1\n' \
      "$name" "$agent" "$name" "$hash" "$hash" "$hash"
    [ -z "${mailbox_type:-}" ] || echo "cloudMSExchRecipientDisplayType: $mailbox_type"
  done >mailboxes.txt
}
mailboxes_move() {
  mailboxes
  if [ -n "${cloud_url:-}" ]; then
    check 'mailboxes move' cloud_returns mailboxes.txt
  else
    awk -f "$sample/mailboxes.awk" mailboxes.txt "$1/madata/$aad/cloud.ldif" >changed && cp changed "$1/madata/$aad/cloud.ldif"
  fi
}

predict() {
  local name
  for name in "${!dn[@]}"; do
    "$MACTL" -C "$1" acl effective "$agent" "${dn[$name]}" -o json 2>/dev/null |
      jq -r --arg n "$name" '.attributes[] | select(.attribute) | "\($n) \(.attribute) \(.verdict) \(.whole) \(.split)"'
  done | grep -E " ($(IFS='|'; echo "${attributes[*]}")) " | sort >"$2"
}
written() {
  local name attribute value
  for name in "${!dn[@]}"; do
    ad_search "${dn[$name]}" base "${attributes[@]}" >"$TMPDIR/has"
    for attribute in "${attributes[@]}"; do
      value="^$attribute: *"
      [ "$attribute" != proxyAddresses ] || value='^proxyAddresses: x500:/o=ExchangeLabs/cn='
      if grep -qi -- "$value" "$TMPDIR/has"; then echo "$name $attribute written"; else echo "$name $attribute refused"; fi
    done
  done | sort >"$1"
}
addresses_are_there() {
  local name address
  for name in "${!dn[@]}"; do
    ad_search "${dn[$name]}" base proxyAddresses >"$TMPDIR/has"
    for address in "SMTP:$name@$agent" "smtp:$name.old@$agent"; do
      grep -qxF "proxyAddresses: $address" "$TMPDIR/has" || fail "$name lost $address"
    done
  done
}
