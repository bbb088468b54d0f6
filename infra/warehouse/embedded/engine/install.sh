#!/bin/sh
# Installs the ClickHouse engine (libchdb) that package.json pins into the user's cache, once per version.
# Safe to repeat, to run twice at once and to kill: the finished directory appears by a rename, or not at all.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

fail() { # English, Chinese
	printf 'engine: %s / %s\n' "$1" "$2" >&2
	exit 1
}

case "$(uname -s)-$(uname -m)" in
Linux-x86_64) package=lib-linux-x64-gnu ;;
*) fail "no engine is pinned for $(uname -s) $(uname -m): set CAREL_ENGINE_LIBRARY to a libchdb of your own, or use --clickhouse" \
	"没有为 $(uname -s) $(uname -m) 固定的引擎：请用 CAREL_ENGINE_LIBRARY 指定 libchdb，或使用 --clickhouse" ;;
esac

version=$(sed -n "s|.*\"@chdb/$package\": *\"\([^\"]*\)\".*|\1|p" "$here/package.json")
[ -n "$version" ] || fail "package.json names no version of @chdb/$package" "package.json 未指定 @chdb/$package 的版本"

root=${XDG_CACHE_HOME:-$HOME/.cache}/careledger
target=$root/engine-$version
library=libchdb.so

# complete: the directory is there and the library has the size noted when it was installed.
complete() {
	[ -f "$target/$library" ] && [ -f "$target/size" ] &&
		[ "$(wc -c <"$target/$library" | tr -d ' ')" = "$(cat "$target/size")" ]
}

if complete; then
	[ -n "${QUIET:-}" ] || printf 'engine: %s is installed in %s\n' "$version" "$target"
	exit 0
fi

command -v npm >/dev/null 2>&1 || fail 'npm is needed: install Node.js 20 or later, then run "make engine"' '需要 npm：请安装 Node.js 20 或更高版本，然后运行 “make engine”'

mkdir -p "$root"
# What a killed run left behind goes first, but not what another run is still filling.
find "$root" -maxdepth 1 -name '.engine-*' -type d -mmin +60 -exec rm -rf {} + 2>/dev/null || true
stage=$(mktemp -d "$root/.engine-$version.XXXXXX")
npm_pid=''
clean() {
	if [ -n "$npm_pid" ]; then # npm takes its time over a gentler signal, and would fill the directory again
		kill -9 "$npm_pid" 2>/dev/null || true
		wait "$npm_pid" 2>/dev/null || true
	fi
	rm -rf "$stage"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

printf 'engine: fetching the ClickHouse engine %s, 178 MB (570 MB unpacked) / 正在下载 ClickHouse 引擎（178 MB）\n' "$version"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$stage/"
(cd "$stage" && exec npm ci --ignore-scripts --loglevel=error --no-progress >npm.log 2>&1) &
npm_pid=$!

started=$(date +%s)
shown=0
while kill -0 "$npm_pid" 2>/dev/null; do
	sleep 1
	took=$(($(date +%s) - started))
	have=$(du -sm "$stage" 2>/dev/null | cut -f1)
	if [ -t 1 ]; then
		printf '\rengine: %4s of 570 MB, %s s ' "${have:-0}" "$took"
	elif [ "$took" -ge $((shown + 5)) ]; then
		shown=$took
		printf 'engine: %4s of 570 MB, %s s\n' "${have:-0}" "$took"
	fi
done
[ ! -t 1 ] || printf '\n'
if ! wait "$npm_pid"; then
	npm_pid=''
	tail -n 3 "$stage/npm.log" >&2
	fail 'npm could not fetch the engine: check the network and run "make engine" again' 'npm 无法下载引擎：请检查网络后重新运行 “make engine”'
fi
npm_pid=''

ready=$stage/ready
mkdir "$ready"
mv "$stage/node_modules/@chdb/$package/$library" "$ready/"
wc -c <"$ready/$library" | tr -d ' ' >"$ready/size"
chmod 755 "$ready"
if ! mv -T "$ready" "$target" 2>/dev/null; then
	# A broken or concurrent installation is in the way.
	complete || { rm -rf "$target" && mv "$ready" "$target"; }
fi
complete || fail "the engine in $target is not whole: remove that directory and run \"make engine\" again" "$target 中的引擎不完整：请删除该目录后重新运行 “make engine”"
printf 'engine: %s is installed in %s / 已安装\n' "$version" "$target"
