#!/usr/bin/python3
"""Writes what LINUX's reader gets: kernel.img, parm, initramfs (s390x also initramfs-bare, without DASD, for a bare emulator).

Before it: fetch.sh unpacked the packages to DIRECTORY/root. After it: `vm40 up --reader LINUX=kernel.img,parm,initramfs`.
On s390x every file is a whole number of 80-byte cards, so that no reader has to pad it, and parm is in EBCDIC.
Known simplification: the lists of modules are written here, in the order in which they load.
usage: initramfs.py s390x|amd64 DIRECTORY INIT [VMCP]
"""
import gzip
import pathlib
import sys

CARD = 80
FILE_SYSTEM = ["lib/crc16", "crypto/crc32c_generic", "fs/mbcache", "fs/jbd2/jbd2", "fs/ext4/ext4"]
DEVICES = {
    "s390x": ["drivers/s390/block/dasd_mod", "drivers/s390/block/dasd_fba_mod",
              "drivers/s390/block/dasd_diag_mod", "drivers/s390/char/vmur"],
    "amd64": ["drivers/virtio/virtio_ring", "drivers/virtio/virtio", "drivers/virtio/virtio_pci_modern_dev",
              "drivers/virtio/virtio_pci_legacy_dev", "drivers/virtio/virtio_pci", "drivers/block/virtio_blk"],
}
PARM = "console=ttyS0"


class Archive:
    """A cpio archive in the new ASCII format. It needs no root, for device nodes are only headers."""

    def __init__(self):
        self.data = bytearray()
        self.inode = 0

    def add(self, name, mode, content=b"", device=(0, 0)):
        self.inode += 1
        fields = [self.inode, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(name) + 1, 0]
        self.data += b"070701" + "".join(f"{f:08X}" for f in fields).encode() + name.encode() + b"\0"
        self.pad(4)
        self.data += content
        self.pad(4)

    def pad(self, unit):
        self.data += bytes(-len(self.data) % unit)

    def finish(self):
        self.add("TRAILER!!!", 0)
        return gzip.compress(bytes(self.data), 9, mtime=0)


def cards(data, filler):
    return data + filler * (-len(data) % CARD)


def build(root, vmcp, init, modules):
    archive = Archive()
    for directory in ("bin", "dev", "proc", "sys", "mnt", "tmp", "etc", "modules"):
        archive.add(directory, 0o040755)
    archive.add("dev/console", 0o020600, device=(5, 1))
    archive.add("dev/null", 0o020666, device=(1, 3))
    archive.add("init", 0o100755, init)
    archive.add("bin/busybox", 0o100755, (root / "bin/busybox").read_bytes())
    archive.add("bin/sh", 0o120777, b"busybox")
    if vmcp:
        archive.add("bin/vmcp", 0o100755, vmcp)
    archive.add("etc/mtab", 0o120777, b"/proc/mounts")
    kernel = next((root / "lib/modules").iterdir())
    builtin = (kernel / "modules.builtin").read_text().split()
    for number, module in enumerate(f"kernel/{name}.ko" for name in modules):
        if module in builtin:
            continue
        path = kernel / module
        archive.add(f"modules/{number:02}-{path.name}", 0o100644, path.read_bytes())
    return archive.finish()


def main(machine, output, init, vmcp=None):
    output = pathlib.Path(output)
    root = output / "root"
    init = pathlib.Path(init).read_bytes()
    vmcp = pathlib.Path(vmcp).read_bytes() if vmcp else None
    kernel = next((root / "boot").glob("vmlinuz-*")).read_bytes()
    initramfs = build(root, vmcp, init, FILE_SYSTEM + DEVICES[machine])
    if machine == "s390x":
        (output / "kernel.img").write_bytes(cards(kernel, b"\0"))
        (output / "parm").write_bytes(cards(PARM.encode("cp037"), b"\x40"))
        (output / "initramfs").write_bytes(cards(initramfs, b"\0"))
        (output / "initramfs-bare").write_bytes(cards(build(root, vmcp, init, []), b"\0"))
    else:
        (output / "kernel.img").write_bytes(kernel)
        (output / "parm").write_bytes(PARM.encode())
        (output / "initramfs").write_bytes(initramfs)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5) or sys.argv[1] not in DEVICES:
        sys.exit(__doc__)
    main(*sys.argv[1:])
