CP_SOURCES := $(wildcard cp/*.c cp/*/*.c)
