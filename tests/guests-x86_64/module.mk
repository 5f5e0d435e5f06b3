# Tiny guests for x86-64: one point of the machine each, multiboot images that run bare on QEMU and under CP.
X86_GUEST_PROGRAMS := $(wildcard tests/guests-x86_64/*.c)
X86_GUEST_COMMON   := tests/guests-x86_64/runtime/start.S $(wildcard tests/guests-x86_64/runtime/*.c) tests/guests/runtime/print.c
