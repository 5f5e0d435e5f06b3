# The nucleus as an ordinary program, for the unit tests.
HOSTED_SOURCES += $(wildcard tests/hosted/*.c)
# tests/hosted/heap.c stands in for it, under AddressSanitizer; tests/unit/test_heap.c tests it.
HOSTED_EXCLUDE += cp/storage/heap.c
