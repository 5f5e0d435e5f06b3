set -e
mkdir -p /tmp/lx/g; cd /work/main/tests/guests
CF="-m64 -march=z900 -O2 -g -std=gnu11 -ffreestanding -fno-strict-aliasing -fno-pic -no-pie -mno-vx -msoft-float -fno-stack-protector -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns --param=min-pagesize=0 -Wall -Wextra"
s390x-linux-gnu-gcc $CF -nostdlib -static -Wa,--noexecstack -Wl,--build-id=none -Wl,-T,runtime/guest.lds -o /tmp/lx/g/$1.elf runtime/start.S $1.c runtime/*.c -lgcc
s390x-linux-gnu-objcopy -O binary /tmp/lx/g/$1.elf /tmp/lx/g/$1.bin
