# The nucleus as an ordinary program, for the unit tests.
HOSTED_SOURCES += $(wildcard tests/hosted/*.c)
