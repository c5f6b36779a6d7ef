/// What the elements of a tensor are, by the format's names.
///
/// Types of less than a byte an element are left out.
public enum DataType: String, CaseIterable, Sendable {
    /// A byte that is 0 or 1.
    case bool = "BOOL"
    /// Whole numbers from 0, of 8 bits.
    case u8 = "U8"
    /// Whole numbers of 8 bits.
    case i8 = "I8"
    /// Floats of 8 bits, five of them for the exponent.
    case f8e5m2 = "F8_E5M2"
    /// Floats of 8 bits, four of them for the exponent.
    case f8e4m3 = "F8_E4M3"
    /// Powers of two of 8 bits, for scales.
    case f8e8m0 = "F8_E8M0"
    /// Whole numbers from 0, of 16 bits.
    case u16 = "U16"
    /// Whole numbers of 16 bits.
    case i16 = "I16"
    /// IEEE floats of 16 bits.
    case f16 = "F16"
    /// The upper halves of IEEE floats of 32 bits.
    case bf16 = "BF16"
    /// Whole numbers from 0, of 32 bits.
    case u32 = "U32"
    /// Whole numbers of 32 bits.
    case i32 = "I32"
    /// IEEE floats of 32 bits.
    case f32 = "F32"
    /// Complex numbers of two IEEE floats of 32 bits each.
    case c64 = "C64"
    /// Whole numbers from 0, of 64 bits.
    case u64 = "U64"
    /// Whole numbers of 64 bits.
    case i64 = "I64"
    /// IEEE floats of 64 bits.
    case f64 = "F64"

    /// The size of an element, in bytes.
    public var size: Int {
        switch self {
        case .bool, .u8, .i8, .f8e5m2, .f8e4m3, .f8e8m0: 1
        case .u16, .i16, .f16, .bf16: 2
        case .u32, .i32, .f32: 4
        case .c64, .u64, .i64, .f64: 8
        }
    }
}
