#!/bin/sh
# Fetches Debian's kernel package for an architecture (s390x, or amd64, whose cloud kernel and memtest86+ it takes) and
# busybox-static with apt and unpacks them below DIRECTORY/root.
# The host stays as it is: apt works on a state of its own, nothing is installed, and the host's own
# sources and keyring decide where packages come from and whether they are genuine.
# Before it: nothing. After it: initramfs.py. Known simplification: whatever kernel the archive has today is taken.
# usage: fetch.sh DIRECTORY s390x|amd64
set -eu
architecture=$2
case $architecture in
amd64) image=linux-image-cloud-amd64 more=memtest86+ ;;
*) image=linux-image-$architecture more= ;;
esac
mkdir -p "$1"
cd "$1"
here=$(pwd)
mkdir -p apt/lists/partial apt/archives/partial packages
: >apt/status
cat >apt/apt.conf <<EOF
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Dir::State "$here/apt";
Dir::State::status "$here/apt/status";
Dir::Cache "$here/apt";
EOF
export APT_CONFIG="$here/apt/apt.conf"
say() { echo "  LINUX   $*"; }

say "package lists for $architecture"
apt-get -qq update
kernel=$(apt-cache depends "$image" | sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n 1)
if [ -z "$kernel" ]; then
	echo "fetch.sh: the package archive offers no $image; is Debian in the apt sources?" >&2
	exit 1
fi
say "$kernel, busybox-static $more"
rm -rf packages root
mkdir -p packages root
(cd packages && apt-get -qq download "$kernel" busybox-static $more)
for package in packages/*.deb; do
	dpkg-deb -x "$package" root
done
rm -rf root/usr root/etc # only /boot, /bin and /lib/modules are of use
say "unpacked"
touch root/fetched
