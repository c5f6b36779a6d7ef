#include <tiffio.h>

// Functions with a variable number of arguments, which Swift cannot call.

static inline int tiff_uint32_field(TIFF *tiff, uint32_t tag, uint32_t *value) {
    return TIFFGetField(tiff, tag, value);
}

static inline int tiff_uint16_field(TIFF *tiff, uint32_t tag, uint16_t *value) {
    return TIFFGetFieldDefaulted(tiff, tag, value);
}

static inline int tiff_set_uint16_field(TIFF *tiff, uint32_t tag, int value) {
    return TIFFSetField(tiff, tag, value);
}
