S390X_SOURCES := $(wildcard s390x/*/*.c s390x/*/*/*.c s390x/*/*.S s390x/*/*/*.S)
