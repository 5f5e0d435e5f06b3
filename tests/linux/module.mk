# Debian's own s390x Linux as a guest: kernel, parameter card, initramfs. `make build/linux/kernel.img` fetches and builds all.
LINUX_FILES := $(addprefix build/linux/,kernel.img parm initramfs initramfs-bare)

.PHONY: linux
linux: $(LINUX_FILES) ## fetch Debian's s390x kernel and busybox, and build what LINUX's reader gets

build/linux/root/fetched: tests/linux/fetch.sh
	tests/linux/fetch.sh build/linux

build/linux/vmcp: tests/linux/vmcp.c
	@mkdir -p $(@D)
	echo "  CC390   $<"
	$(TARGET_CC) $(WARN) -O2 -march=z900 -ffreestanding -fno-pic -no-pie -nostdlib -static -fno-stack-protector \
		-fno-asynchronous-unwind-tables -Wl,--build-id=none -s $< -o $@

build/linux/initramfs: build/linux/root/fetched build/linux/vmcp tests/linux/initramfs.py tests/linux/init
	echo "  CPIO    $@"
	$(PYTHON) tests/linux/initramfs.py build/linux/root build/linux/vmcp tests/linux/init build/linux

build/linux/kernel.img build/linux/parm build/linux/initramfs-bare: build/linux/initramfs
	test -f $@ && touch $@

bench: linux
