#!/bin/sh
# Installs the font that package.json pins into the user's cache, once per version.
# Safe to repeat, to run twice at once and to kill: the finished directory appears by a rename, or not at all.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
package=@expo-google-fonts/noto-sans-sc
font=NotoSansSC_400Regular.ttf

fail() { # English, Chinese
	printf 'font: %s / %s\n' "$1" "$2" >&2
	exit 1
}

version=$(sed -n "s|.*\"$package\": *\"\([^\"]*\)\".*|\1|p" "$here/package.json")
[ -n "$version" ] || fail "package.json names no version of $package" "package.json 未指定 $package 的版本"
root=${XDG_CACHE_HOME:-$HOME/.cache}/careledger
target=$root/font-$version

if [ -f "$target/$font" ]; then
	[ -n "${QUIET:-}" ] || printf 'font: %s is installed in %s\n' "$version" "$target"
	exit 0
fi
command -v npm >/dev/null 2>&1 || fail 'npm is needed: install Node.js 20 or later, then run "make font"' '需要 npm：请安装 Node.js 20 或更高版本，然后运行 “make font”'

mkdir -p "$root"
stage=$(mktemp -d "$root/.font-$version.XXXXXX")
trap 'rm -rf "$stage"' EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

printf 'font: fetching Noto Sans SC %s, 57 MB (10 MB are kept) / 正在下载字体（57 MB）\n' "$version"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$stage/"
if ! (cd "$stage" && npm ci --ignore-scripts --loglevel=error --no-progress >npm.log 2>&1); then
	tail -n 3 "$stage/npm.log" >&2
	fail 'npm could not fetch the font: check the network and run "make font" again' 'npm 无法下载字体：请检查网络后重新运行 “make font”'
fi
ready=$stage/ready
mkdir "$ready"
mv "$stage/node_modules/$package/400Regular/$font" "$stage/node_modules/$package/LICENSE_FONT" "$ready/"
chmod 755 "$ready"
mv -T "$ready" "$target" 2>/dev/null || [ -f "$target/$font" ] || { rm -rf "$target" && mv "$ready" "$target"; }
printf 'font: %s is installed in %s / 已安装\n' "$version" "$target"
