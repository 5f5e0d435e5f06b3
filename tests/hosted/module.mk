# The nucleus as an ordinary program, for the unit tests.
HOSTED_SOURCES += $(wildcard tests/hosted/*.c) tests/shared/described.c
# The words of the real ports, under names of their own: the manual prints them all.
HOSTED_SOURCES += s390x/instruction/traits.c x86_64/instruction/traits.c
$(B)/hosted/s390x/instruction/traits.c.o: HOSTED_FLAGS += -Darch_traits=traits_s390x
$(B)/hosted/x86_64/instruction/traits.c.o: HOSTED_FLAGS += -Darch_traits=traits_x86_64
# tests/hosted/heap.c stands in for it, under AddressSanitizer; tests/unit/test_heap.c tests it.
HOSTED_EXCLUDE += cp/storage/heap.c
