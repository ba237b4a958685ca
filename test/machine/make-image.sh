#!/bin/bash
# make-image.sh FOLDER: makes the machine that console outputs are tested in: FOLDER/disk.img, kernel and initrd.
# Needs root (files get their owners), mmdebstrap and e2fsprogs. What is there already for the same Node is kept.
set -eu
folder=$1
here=$(cd "$(dirname "$0")" && pwd)
stamp="$(node --version) $(cat "$here/make-image.sh" "$here"/guest/* | sha256sum | cut -c1-16)"
[ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ] && [ -f "$folder/disk.img" ] && exit 0

mkdir -p "$folder"
work=$(mktemp -d "$folder/making-XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root

# The initial RAM disk holds only what finds the root: under software emulation every megabyte of it costs boot time.
mmdebstrap --quiet --variant=minbase \
  --include=systemd,systemd-sysv,udev,kmod,linux-image-amd64,libstdc++6,libegl1,libgles2,libgbm1,libgl1-mesa-dri,libsdl2-2.0-0 \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook='printf "virtio_pci\nvirtio_blk\next4\n" > "$1/etc/initramfs-tools/modules"' \
  --customize-hook='printf "MODULES=list\n" > "$1/etc/initramfs-tools/conf.d/vitrine"' \
  --customize-hook='chroot "$1" update-initramfs -u -k all' \
  bookworm "$root"

install -m 0755 "$(readlink -f "$(command -v node)")" "$root/usr/local/bin/node"
install -m 0644 "$here/guest/vitrine-machine.service" "$root/etc/systemd/system/"
install -m 0644 "$here/guest/fstab" "$root/etc/fstab"
mkdir -p "$root/project" "$root/etc/systemd/system/multi-user.target.wants"
ln -s ../vitrine-machine.service "$root/etc/systemd/system/multi-user.target.wants/"
echo vitrine-machine > "$root/etc/hostname"

cp "$root"/boot/vmlinuz-* "$work/vmlinuz"
cp "$root"/boot/initrd.img-* "$work/initrd"
truncate -s 2000M "$work/disk.img"
mke2fs -q -t ext4 -d "$root" "$work/disk.img"
mv "$work/vmlinuz" "$work/initrd" "$work/disk.img" "$folder/"
echo "$stamp" > "$folder/stamp"
