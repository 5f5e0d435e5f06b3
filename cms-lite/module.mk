# CMS-lite: the guest system, its host part, and what goes onto the system disk. See the top Makefile.

# The file system is one source for the guest, vm40 and the unit tests.
CMS_FS_SOURCES := $(addprefix cms-lite/,fs.c fs_data.c fs_boot.c)

CMS_PORTABLE_SOURCES := $(CMS_FS_SOURCES) $(addprefix cms-lite/,main.c command.c terminal.c fileid.c modes.c \
	cmd_disk.c cmd_file.c cmd_copy.c cmd_query.c exec.c program.c diagnose.c lib.c)
CMS_S390X_SOURCES := $(addprefix cms-lite/s390x/,start.S machine.c channel.c console.c disk.c card.c run.c text.c)

CMS_SOURCES      := $(CMS_PORTABLE_SOURCES) $(CMS_S390X_SOURCES)
CMS_LDSCRIPT     := cms-lite/s390x/cms.ld
CMS_MKFS_SOURCES := $(CMS_FS_SOURCES) cms-lite/mkfs/host.c
CMS_HOST_SOURCES := $(CMS_MKFS_SOURCES)

# Programs for the system disk. They are a header and an image; see cms-lite/module.h.
CMS_SAMPLES := $(addprefix cms-lite/samples/,hello.c primes.c wild.c)
CMS_MODULES := $(foreach s,$(CMS_SAMPLES),$(B)/cms-disk/$(shell basename $(s) .c | tr a-z A-Z).MODULE)
# What goes onto the system disk, as NAME.TYPE: texts as they are, and the modules.
CMS_FILES   := $(wildcard cms-lite/disk/*.*) $(CMS_MODULES)

build: $(B)/cmsdisk

define cms_module_rule
$(B)/cms-disk/$(shell basename $(1) .c | tr a-z A-Z).MODULE: $(B)/s390x/$(1).o $(B)/s390x/cms-lite/samples/header.S.o \
		cms-lite/samples/program.ld
	@mkdir -p $$(@D)
	echo "  MODULE  $$@"
	$$(TARGET_CC) $$(TARGET_LINK) -Wl,-T,cms-lite/samples/program.ld $$(filter %.o,$$^) -lgcc -o $$@.elf
	$$(CROSS)objcopy -O binary $$@.elf $$@
	rm -f $$@.elf
endef
$(foreach s,$(CMS_SAMPLES),$(eval $(call cms_module_rule,$(s))))

# Makes and fills a disk image by hand; the tests of the bare start use it.
$(B)/cmsdisk: $(addprefix $(B)/host/,$(addsuffix .o,cms-lite/mkfs/main.c $(CMS_HOST_SOURCES)))
	echo "  LD      $@"
	$(HOST_CC) $(HOST_FLAGS) $^ -o $@
