# Debian's own Linux as a guest of either machine: kernel, parameter line, initramfs. `make build/linux/kernel.img` or
# `make build/linux-x86_64/kernel.img` fetches and builds all.
LINUX_FILES := $(addprefix build/linux/,kernel.img parm initramfs initramfs-bare) \
               $(addprefix build/linux-x86_64/,kernel.img parm initramfs)

.PHONY: linux
linux: $(LINUX_FILES) ## fetch Debian's kernels and busybox, and build what LINUX's reader gets

build/linux/root/fetched: tests/linux/fetch.sh
	tests/linux/fetch.sh build/linux s390x

build/linux-x86_64/root/fetched: tests/linux/fetch.sh
	tests/linux/fetch.sh build/linux-x86_64 amd64

build/linux/vmcp: tests/linux/vmcp.c
	@mkdir -p $(@D)
	echo "  CC390   $<"
	$(TARGET_CC) $(WARN) -O2 -march=z900 -ffreestanding -fno-pic -no-pie -nostdlib -static -fno-stack-protector \
		-fno-asynchronous-unwind-tables -Wl,--build-id=none -s $< -o $@

build/linux/initramfs: build/linux/root/fetched build/linux/vmcp tests/linux/initramfs.py tests/linux/init
	echo "  CPIO    $@"
	$(PYTHON) tests/linux/initramfs.py s390x build/linux tests/linux/init build/linux/vmcp

build/linux-x86_64/initramfs: build/linux-x86_64/root/fetched tests/linux/initramfs.py tests/linux/init
	echo "  CPIO    $@"
	$(PYTHON) tests/linux/initramfs.py amd64 build/linux-x86_64 tests/linux/init

build/linux/kernel.img build/linux/parm build/linux/initramfs-bare: build/linux/initramfs
	test -f $@ && touch $@

build/linux-x86_64/kernel.img build/linux-x86_64/parm: build/linux-x86_64/initramfs
	test -f $@ && touch $@

bench: linux
