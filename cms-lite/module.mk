# CMS-lite: the guest system, its host part, and what goes onto the system disk. See the top Makefile.

# The file system is one source for the guest, vm40 and the unit tests.
CMS_FS_SOURCES := $(addprefix cms-lite/,fs.c fs_data.c fs_boot.c)

CMS_PORTABLE_SOURCES := $(CMS_FS_SOURCES) $(addprefix cms-lite/,main.c command.c terminal.c fileid.c modes.c \
	cmd_disk.c cmd_file.c cmd_copy.c cmd_query.c exec.c program.c diagnose.c card.c lib.c)
CMS_S390X_SOURCES := $(addprefix cms-lite/s390x/,start.S machine.c channel.c console.c disk.c card.c run.c text.c)
CMS_X86_64_SOURCES := $(addprefix cms-lite/x86_64/,start.S interrupt.c machine.c console.c disk.c card.c run.c)

CMS_SOURCES      := $(CMS_PORTABLE_SOURCES) $(CMS_S390X_SOURCES)
CMS_LDSCRIPT     := cms-lite/s390x/cms.ld
CMS_MKFS_SOURCES := $(CMS_FS_SOURCES) cms-lite/mkfs/host.c
CMS_HOST_SOURCES := $(CMS_MKFS_SOURCES)

# Programs for the system disk, of each machine. They are a header and an image; see cms-lite/module.h. What is of one machine
# alone has its directory.
CMS_SAMPLES := hello primes wild
cms_sample   = $(firstword $(wildcard cms-lite/samples/$(2)/$(1).c cms-lite/samples/$(1).c))
cms_module   = $(shell echo $(1) | tr a-z A-Z).MODULE
CMS_MODULES := $(foreach s,$(CMS_SAMPLES),$(B)/cms-disk/$(call cms_module,$(s)))
CMS_X86_64_MODULES := $(foreach s,$(CMS_SAMPLES),$(B)/cms-disk-x86_64/$(call cms_module,$(s)))
# What goes onto the system disk, as NAME.TYPE: texts as they are, and the modules.
CMS_TEXTS   := $(wildcard cms-lite/disk/*.*)
CMS_FILES   := $(CMS_TEXTS) $(CMS_MODULES)
CMS_X86_64_PRODUCTS := $(B)/cms-lite-x86_64.bin $(CMS_X86_64_MODULES) \
	$(addprefix $(B)/cms-disk-x86_64/,$(notdir $(CMS_TEXTS)))

build: $(B)/cmsdisk $(CMS_X86_64_PRODUCTS)

$(B)/s390x/cms-lite/samples/%.o: INCLUDES = -Icms-lite/samples/s390x
$(B)/x86_64/cms-lite/samples/%.o: INCLUDES = -Icms-lite/samples/x86_64
$(B)/x86_64/cms-lite/%.o: INCLUDES = $(CMS_INCLUDES)
# memset() and its like must not be compiled into calls of themselves.
$(B)/x86_64/cms-lite/lib.c.o: X86_FLAGS += -fno-tree-loop-distribute-patterns

# Sample, directory of the products, machine (of sources and objects), and the prefixes of its compiler and its objcopy.
define cms_module_rule
$(B)/$(2)/$(call cms_module,$(1)): $(B)/$(3)/$(call cms_sample,$(1),$(3)).o $(B)/$(3)/cms-lite/samples/$(3)/header.S.o \
		cms-lite/samples/$(3)/program.ld
	@mkdir -p $$(@D)
	echo "  MODULE  $$@"
	$$($(4)_CC) $$($(4)_LINK) -Wl,-T,cms-lite/samples/$(3)/program.ld $$(filter %.o,$$^) -lgcc -o $$@.elf
	$$($(5)CROSS)objcopy -O binary $$@.elf $$@
	rm -f $$@.elf
endef
$(foreach s,$(CMS_SAMPLES),$(eval $(call cms_module_rule,$(s),cms-disk,s390x,TARGET,)))
$(foreach s,$(CMS_SAMPLES),$(eval $(call cms_module_rule,$(s),cms-disk-x86_64,x86_64,X86,X86_)))

$(B)/cms-disk-x86_64/%: cms-lite/disk/%
	@mkdir -p $(@D)
	cp $< $@

CMS_X86_64_OBJECTS := $(addprefix $(B)/x86_64/,$(addsuffix .o,$(CMS_PORTABLE_SOURCES) $(CMS_X86_64_SOURCES)))

$(B)/cms-lite-x86_64.elf: $(CMS_X86_64_OBJECTS) cms-lite/x86_64/cms.ld
	echo "  LDX86   $@"
	$(X86_CC) $(X86_LINK) -Wl,-T,cms-lite/x86_64/cms.ld $(CMS_X86_64_OBJECTS) -lgcc -o $@

$(B)/cms-lite-x86_64.bin: $(B)/cms-lite-x86_64.elf
	echo "  RAW     $@"
	$(X86_CROSS)objcopy -O binary $< $@

# Makes and fills a disk image by hand; the tests of the bare start use it.
$(B)/cmsdisk: $(addprefix $(B)/host/,$(addsuffix .o,cms-lite/mkfs/main.c $(CMS_HOST_SOURCES)))
	echo "  LD      $@"
	$(HOST_CC) $(HOST_FLAGS) $^ -o $@
