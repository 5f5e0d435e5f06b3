#!/usr/bin/env bash
# `make run`: the machine of that name up (it may be so already), then the operator's console.
set -eu
name=$1
kind=$2
vm40=$(dirname "$0")/../build/vm40
"$vm40" status --name "$name" >/dev/null || "$vm40" up --name "$name" --machine "$kind"
echo "Line 0 is the operator's. From a second terminal, build/vm40 console takes a line of your own."
exec "$vm40" console --name "$name" 0
