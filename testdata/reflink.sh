#!/usr/bin/env bash
# usage: reflink.sh LOGSQL: sync --link on file systems that clone files, btrfs and
# XFS, each made in a file and mounted: as root.
set -euo pipefail
logsql=$(realpath "$1")
work=$(mktemp -d)
trap 'for at in "$work"/*/; do umount "$at" || true; done; rm -rf "$work"' EXIT

# need PROGRAM PACKAGE
need() {
  command -v "$1" >/dev/null || { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$2"; }
}
need mkfs.btrfs btrfs-progs
need mkfs.xfs xfsprogs

used() { sync && df -k --output=used "$at" | tail -n 1; }
fail() { echo "$fs: $*" && exit 1; }

for fs in btrfs xfs; do
  at=$work/$fs
  truncate -s 400M "$at.img" && "mkfs.$fs" -q "$at.img" && mkdir "$at" && mount -o loop "$at.img" "$at"
  mkdir -p "$at/disk/AWSLogs"
  for n in $(seq 200); do head -c $((200000 + n)) /dev/urandom >"$at/disk/AWSLogs/$n.log.gz"; done
  : >"$at/disk/empty.log"

  before=$(used)
  "$logsql" --mirror "$at/mirror" sync "$at/disk" --as s3://my-logs --link >"$work/said" || fail "$(<"$work/said")"
  grep -q ' 201 fetched .* 201 of them linked' "$work/said" || fail "$(<"$work/said")"
  grew=$(($(used) - before))
  [ $grew -lt 4000 ] || fail "200 files of 200 KB took $grew KiB more"
  diff -r "$at/disk" "$at/mirror/s3/my-logs" || fail "the mirror differs"
  [ "$(stat -c %h "$at/disk/AWSLogs/1.log.gz")" = 1 ] || fail "a hard link, no clone"

  # Who writes into the folder does not write into the mirror.
  printf 'altered' | dd of="$at/disk/AWSLogs/1.log.gz" conv=notrunc status=none
  "$logsql" --mirror "$at/mirror" verify >"$work/said" || fail "$(<"$work/said")"
  echo "$fs: 41 MB linked in $grew KiB, and its own when the folder's files change"
done
