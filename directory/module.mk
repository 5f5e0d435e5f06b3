# The directory compiler and the volume tools: a library of the vm40 command. The nucleus lends its volume reader, hashes and codes.
DIRECTORY_SOURCES := $(wildcard directory/*.c) cp/volume/object.c cp/saved/slot.c cp/lib/crc32.c cp/lib/sha256.c cp/lib/pbkdf2.c cp/lib/ebcdic.c cp/lib/string.c
