# SPDX-License-Identifier: Apache-2.0
# Somebody who is not root, and who owns nothing here. The program is copied to where everybody may read it: a checkout
# may lie in a home that nobody else may enter.
[ "$(id -u)" != 0 ] || command -v setpriv >/dev/null || { echo 'no setpriv'; exit 77; }
stranger_begin() {
  local folder
  mkdir -p "$work/stranger/plugins"
  cp "$MACTL" "$work/stranger/mactl"
  for folder in ${MACTL_PLUGIN_PATH//:/ }; do
    if compgen -G "$folder/*.so" >/dev/null; then cp -L "$folder"/*.so "$work/stranger/plugins/"; fi
  done
  chmod 755 "$work"
  chmod -R a+rX "$work/stranger"
}
# stranger ARGUMENT...: mactl, as that somebody
stranger() {
  local as=()
  [ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  "${as[@]}" env TMPDIR=/tmp MACTL_PLUGIN_PATH="$work/stranger/plugins" "$work/stranger/mactl" "$@"
}
