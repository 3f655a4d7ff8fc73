#include "exporter/tracefs/elf_symbol_linux.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporter/base/bytes.h"

/* Far more than programs with all their debug symbols have. */
#define NAMES_BYTES_MAX ((uint64_t)1 << 30)
#define HEADERS_MAX	(1U << 20)
/* Symbols of either form, 24 or 16 bytes, fill it without a rest. */
#define CHUNK_BYTES ((size_t)48 << 10)

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define OWN_DATA ELFDATA2MSB
#else
#define OWN_DATA ELFDATA2LSB
#endif

struct elf {
	int file;
	const char *path;
	bool wide; /* ELFCLASS64 */
	Elf64_Ehdr header;
	uint64_t sections; /* with those that do not fit into the header's number */
};

/* What was found of a symbol. */
struct finding {
	const char *symbol;
	uint64_t symbols; /* looked at */
	uint64_t value;
	bool is_global;
	bool is_indirect; /* STT_GNU_IFUNC */
	size_t locals;	  /* different places */
};

static int damaged(const struct elf *elf, const char *what, struct error *error)
{
	return error_set(error, "cannot read the symbols of %s: %s", elf->path, what);
}

/* All of the bytes, or an error. */
static int read_at(const struct elf *elf, uint64_t offset, void *to, size_t size,
		   struct error *error)
{
	size_t used = 0;

	while (used < size) {
		ssize_t count;

		if (offset > INT64_MAX - used)
			return damaged(elf, "it points beyond its end", error);
		count = pread(elf->file, (char *)to + used, size - used, (off_t)(offset + used));
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return damaged(elf, strerror(errno), error);
		if (!count)
			return damaged(elf, "it points beyond its end", error);
		used += (size_t)count;
	}
	return 0;
}

/* The members that this file uses, from the form of 32 bits. */
static Elf64_Ehdr widen_header(const Elf32_Ehdr *from)
{
	return (Elf64_Ehdr){
		.e_type = from->e_type,
		.e_phoff = from->e_phoff,
		.e_shoff = from->e_shoff,
		.e_phentsize = from->e_phentsize,
		.e_phnum = from->e_phnum,
		.e_shentsize = from->e_shentsize,
		.e_shnum = from->e_shnum,
	};
}

static Elf64_Shdr widen_section(const Elf32_Shdr *from)
{
	return (Elf64_Shdr){
		.sh_type = from->sh_type,
		.sh_offset = from->sh_offset,
		.sh_size = from->sh_size,
		.sh_link = from->sh_link,
		.sh_entsize = from->sh_entsize,
	};
}

static Elf64_Phdr widen_segment(const Elf32_Phdr *from)
{
	return (Elf64_Phdr){
		.p_type = from->p_type,
		.p_flags = from->p_flags,
		.p_offset = from->p_offset,
		.p_vaddr = from->p_vaddr,
		.p_filesz = from->p_filesz,
	};
}

static Elf64_Sym widen_symbol(const Elf32_Sym *from)
{
	return (Elf64_Sym){
		.st_name = from->st_name,
		.st_info = from->st_info,
		.st_shndx = from->st_shndx,
		.st_value = from->st_value,
	};
}

static int read_form(const struct elf *elf, uint64_t offset, Elf64_Ehdr *to, struct error *error)
{
	Elf32_Ehdr narrow;

	*to = (Elf64_Ehdr){0};
	if (elf->wide)
		return read_at(elf, offset, to, sizeof(*to), error);
	if (read_at(elf, offset, &narrow, sizeof(narrow), error))
		return -1;
	*to = widen_header(&narrow);
	return 0;
}

static int read_section_at(const struct elf *elf, uint64_t offset, Elf64_Shdr *to,
			   struct error *error)
{
	Elf32_Shdr narrow;

	*to = (Elf64_Shdr){0};
	if (elf->wide)
		return read_at(elf, offset, to, sizeof(*to), error);
	if (read_at(elf, offset, &narrow, sizeof(narrow), error))
		return -1;
	*to = widen_section(&narrow);
	return 0;
}

static int read_segment_at(const struct elf *elf, uint64_t offset, Elf64_Phdr *to,
			   struct error *error)
{
	Elf32_Phdr narrow;

	*to = (Elf64_Phdr){0};
	if (elf->wide)
		return read_at(elf, offset, to, sizeof(*to), error);
	if (read_at(elf, offset, &narrow, sizeof(narrow), error))
		return -1;
	*to = widen_segment(&narrow);
	return 0;
}

static int read_section(const struct elf *elf, uint64_t index, Elf64_Shdr *section,
			struct error *error)
{
	if (index >= elf->sections)
		return damaged(elf, "it names a section that it does not have", error);
	return read_section_at(elf, elf->header.e_shoff + index * elf->header.e_shentsize, section,
			       error);
}

/* A count that does not fit stands in the first section (elf(5), e_shnum). */
static int count_sections(struct elf *elf, struct error *error)
{
	Elf64_Shdr first = {0};

	elf->sections = elf->header.e_shnum;
	if (elf->sections || !elf->header.e_shoff)
		return 0;
	elf->sections = 1;
	if (read_section(elf, 0, &first, error))
		return -1;
	elf->sections = first.sh_size;
	return elf->sections <= HEADERS_MAX ? 0 : damaged(elf, "it has too many sections", error);
}

static int read_header(struct elf *elf, struct error *error)
{
	unsigned char identity[EI_NIDENT];

	if (read_at(elf, 0, identity, sizeof(identity), error) ||
	    memcmp(identity, ELFMAG, SELFMAG) != 0)
		return damaged(elf, "it is no ELF file, so no program and no library", error);
	if (identity[EI_DATA] != OWN_DATA ||
	    (identity[EI_CLASS] != ELFCLASS64 && identity[EI_CLASS] != ELFCLASS32))
		return damaged(elf, "it is for another kind of machine", error);
	elf->wide = identity[EI_CLASS] == ELFCLASS64;
	if (read_form(elf, 0, &elf->header, error))
		return -1;
	if (elf->header.e_type != ET_EXEC && elf->header.e_type != ET_DYN)
		return damaged(elf, "it is no program and no library", error);
	return count_sections(elf, error);
}

static void note_symbol(struct finding *finding, const Elf64_Sym *symbol)
{
	unsigned char type = ELF64_ST_TYPE(symbol->st_info);
	bool is_global = ELF64_ST_BIND(symbol->st_info) != STB_LOCAL;

	if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS)
		return;
	if (type == STT_GNU_IFUNC)
		finding->is_indirect = true;
	if ((type != STT_FUNC && type != STT_NOTYPE) || finding->is_global)
		return;
	if (!is_global && finding->locals && finding->value == symbol->st_value)
		return;
	finding->is_global = is_global;
	finding->locals += !is_global;
	finding->value = symbol->st_value;
}

static bool is_called(const struct bytes *names, uint32_t offset, const char *symbol)
{
	struct bytes rest = *names;
	const uint8_t *name;
	size_t length;

	if (!bytes_take(&rest, offset))
		return false;
	name = bytes_string(&rest, &length);
	return name && strcmp((const char *)name, symbol) == 0;
}

static void look_at(const struct elf *elf, struct bytes *table, const struct bytes *names,
		    struct finding *finding)
{
	size_t size = elf->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	const uint8_t *at;

	while ((at = bytes_take(table, size))) {
		Elf64_Sym symbol;
		Elf32_Sym narrow;

		if (elf->wide) {
			memcpy(&symbol, at, sizeof(symbol));
		} else {
			memcpy(&narrow, at, sizeof(narrow));
			symbol = widen_symbol(&narrow);
		}
		finding->symbols++;
		if (is_called(names, symbol.st_name, finding->symbol))
			note_symbol(finding, &symbol);
	}
}

static int look_through(const struct elf *elf, const Elf64_Shdr *section, const struct bytes *names,
			struct finding *finding, struct error *error)
{
	size_t size = elf->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	uint64_t at = 0, whole = section->sh_size - section->sh_size % size;
	uint8_t *chunk = malloc(CHUNK_BYTES);
	int result = chunk ? 0 : damaged(elf, "out of memory", error);

	while (!result && at < whole) {
		uint64_t left = whole - at;
		size_t count = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
		struct bytes table = {chunk, count};

		result = read_at(elf, section->sh_offset + at, chunk, count, error);
		if (!result)
			look_at(elf, &table, names, finding);
		at += count;
	}
	free(chunk);
	return result;
}

static int search_table(const struct elf *elf, const Elf64_Shdr *section, struct finding *finding,
			struct error *error)
{
	Elf64_Shdr strings = {0};
	struct bytes names;
	uint8_t *bytes;
	int result;

	if (read_section(elf, section->sh_link, &strings, error))
		return -1;
	if (strings.sh_size > NAMES_BYTES_MAX)
		return damaged(elf, "its names take more than 1 GiB", error);
	bytes = malloc((size_t)strings.sh_size + 1);
	if (!bytes)
		return damaged(elf, "out of memory", error);
	names = (struct bytes){bytes, (size_t)strings.sh_size};
	result = read_at(elf, strings.sh_offset, bytes, names.left, error);
	if (!result)
		result = look_through(elf, section, &names, finding, error);
	free(bytes);
	return result;
}

static int search(const struct elf *elf, struct finding *finding, struct error *error)
{
	Elf64_Shdr section = {0};
	uint64_t i;

	for (i = 0; i < elf->sections; i++) {
		if (read_section(elf, i, &section, error))
			return -1;
		if ((section.sh_type == SHT_SYMTAB || section.sh_type == SHT_DYNSYM) &&
		    search_table(elf, &section, finding, error))
			return -1;
	}
	return 0;
}

/* From where it is in memory to where it is in the file. */
static int find_offset(const struct elf *elf, const struct finding *finding, uint64_t *offset,
		       struct error *error)
{
	uint64_t value = finding->value, i;
	Elf64_Phdr segment = {0};

	for (i = 0; i < elf->header.e_phnum; i++) {
		if (read_segment_at(elf, elf->header.e_phoff + i * elf->header.e_phentsize,
				    &segment, error))
			return -1;
		if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_X) ||
		    value < segment.p_vaddr || value - segment.p_vaddr >= segment.p_filesz)
			continue;
		*offset = value - segment.p_vaddr + segment.p_offset;
		return 0;
	}
	return error_set(error,
			 "\"%s\" of %s is no code: it is at 0x%" PRIx64 " of no executable segment",
			 finding->symbol, elf->path, value);
}

static int judge(const struct elf *elf, const struct finding *finding, struct error *error)
{
	const char *symbol = finding->symbol;

	if (finding->is_global || finding->locals == 1)
		return 0;
	if (finding->locals)
		return error_set(error,
				 "%s has %zu local functions \"%s\"; say by offset which is meant",
				 elf->path, finding->locals, symbol);
	if (finding->is_indirect)
		return error_set(error,
				 "\"%s\" of %s is chosen among several when the program starts; "
				 "name the one that is meant, or its offset",
				 symbol, elf->path);
	if (!finding->symbols)
		return error_set(error,
				 "%s has no symbol tables to find \"%s\" in; say by offset where "
				 "it is",
				 elf->path, symbol);
	return error_set(error, "%s has no function \"%s\" among its %" PRIu64 " symbols",
			 elf->path, symbol, finding->symbols);
}

int elf_symbol_offset(const char *path, const char *symbol, uint64_t *offset, struct error *error)
{
	struct elf elf = {.file = open(path, O_RDONLY | O_CLOEXEC), .path = path};
	struct finding finding = {.symbol = symbol};
	int result;

	if (elf.file < 0)
		return error_set(error, "cannot open %s: %s", path, strerror(errno));
	result = read_header(&elf, error);
	if (!result)
		result = search(&elf, &finding, error);
	if (!result)
		result = judge(&elf, &finding, error);
	if (!result)
		result = find_offset(&elf, &finding, offset, error);
	close(elf.file);
	return result;
}
