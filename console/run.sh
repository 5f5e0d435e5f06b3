#!/usr/bin/env bash
# `make run`: the machine of that name up (it may be so already), then the operator's console. A new volume gets Debian's
# Linux, if it could be fetched, as cards in the reader of the user LINUX.
set -eu
name=$1
kind=$2
vm40=$(dirname "$0")/../build/vm40
linux=$(dirname "$0")/../build/linux
case "$kind" in *x86_64 | bochs) linux=$linux-x86_64 ;; esac
reader=()
if [ ! -e "$name.volume" ] && [ -e "$linux/initramfs" ]; then
	reader=(--reader "LINUX=$linux/kernel.img,$linux/parm,$linux/initramfs")
fi
"$vm40" status --name "$name" >/dev/null || "$vm40" up --name "$name" --machine "$kind" "${reader[@]}"
echo "Line 0 is the operator's. From a second terminal, build/vm40 console takes a line of your own."
exec "$vm40" console --name "$name" 0
