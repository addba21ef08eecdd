//! What wide output writes in the C locale for characters beyond ASCII: glibc's transliterations, taken from its output.

/// The text for a character that the locale lacks.
pub(super) fn transliterate(character: char) -> &'static str {
    let code = u32::from(character);
    letter(code).or_else(|| word(code)).unwrap_or("?")
}

/// The run of a table that starts at or before `code`, and how far into it that is.
fn run(table: &'static [(u32, &'static str)], code: u32) -> Option<(&'static str, usize)> {
    let (start, texts) = table[..table.partition_point(|&(start, _)| start <= code)].last()?;
    Some((texts, (code - start) as usize))
}

fn letter(code: u32) -> Option<&'static str> {
    let (letters, index) = run(LETTERS, code)?;
    letters.get(index..=index)
}

fn word(code: u32) -> Option<&'static str> {
    let (words, index) = run(WORDS, code)?;
    words.split('|').nth(index)
}

/// Runs of characters that become one character each.
#[rustfmt::skip]
const LETTERS: &[(u32, &str)] = &[
    (0xa0, " "), (0xad, "-"), (0xb5, "u"), (0xb8, ","), (0xd7, "x"), (0x17f, "s"), (0x2bc, "'"), (0x2c6, "^"),
    (0x2c8, "'"), (0x2cb, "`"), (0x2cd, "_"), (0x2d0, ":"), (0x2dc, "~"), (0x370, "Hh"), (0x374, "#"), (0x376, "Ww"),
    (0x37a, "isss"), (0x37f, "J"), (0x384, "``A;EII"), (0x38c, "O"), (0x38e, "YOIAVGDEZI"), (0x399, "IKLMNXOPR"),
    (0x3a3, "STYF"), (0x3a9, "OIYaeiiyavgdezi"), (0x3b9, "iklmnxoprsstyf"), (0x3c9, "oiyoyo&b"), (0x3d5, "fp&Qq66Ww"),
    (0x3e4, "Ff"), (0x3e8, "Hh"), (0x3f0, "krsj"), (0x3f5, "ee"), (0x3f9, "SSsrSSS"), (0x406, "I"), (0x408, "J"),
    (0x410, "ABVGDE"), (0x417, "ZIJKLMNOPRSTUFX"), (0x42c, "`"), (0x430, "abvgde"), (0x437, "zijklmnoprstufx"),
    (0x44c, "`"), (0x456, "i"), (0x458, "j"), (0x4ae, "Uu"), (0x4c0, "i"), (0x5f3, "'\""), (0x2002, "     "),
    (0x2008, "   "), (0x2010, "----"), (0x2015, "-"), (0x2018, "'','\"\""), (0x201f, "\"+"), (0x2022, "o"),
    (0x2024, "."), (0x202f, " "), (0x2035, "`"), (0x2039, "<>"), (0x2044, "/"), (0x205f, " "), (0x2102, "C"),
    (0x210a, "gHHHh"), (0x2110, "IILl"), (0x2115, "N"), (0x2119, "PQRRR"), (0x2124, "Z"), (0x2128, "Z"),
    (0x212c, "BCeeEF"), (0x2133, "Mo"), (0x2139, "i"), (0x2145, "Ddeij"), (0x2160, "I"), (0x2164, "V"), (0x2169, "X"),
    (0x216c, "LCDMi"), (0x2174, "v"), (0x2179, "x"), (0x217c, "lcdm"), (0x2212, "-"), (0x2215, "/\\*"), (0x2223, "|"),
    (0x2236, ":"), (0x223c, "~"), (0x2423, "_"), (0x2500, "-"), (0x2502, "|"), (0x250c, "+"), (0x2510, "+"),
    (0x2514, "+"), (0x2518, "+"), (0x251c, "+"), (0x2524, "+"), (0x252c, "+"), (0x2534, "+"), (0x253c, "+"),
    (0x25e6, "o"), (0x3000, " "), (0x30a0, "="), (0xfb29, "+"), (0xfe4d, "___,"), (0xfe52, "."), (0xfe54, ";:"),
    (0xfe57, "!"), (0xfe59, "(){}"), (0xfe5f, "#&*+-<>="), (0xfe68, "\\$%@"),
    (0xff01, "!\"#$%&'()*+,-./0123456789:;<=>"), (0xff20, "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmno"),
    (0xff50, "pqrstuvwxyz{|}~"), (0x1d400, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"),
    (0x1d430, "wxyzABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg"), (0x1d456, "ijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZabcd"),
    (0x1d486, "efghijklmnopqrstuvwxyzA"), (0x1d49e, "CD"), (0x1d4a2, "G"), (0x1d4a5, "JK"), (0x1d4a9, "NOPQ"),
    (0x1d4ae, "STUVWXYZabcd"), (0x1d4bb, "f"), (0x1d4bd, "hijk"), (0x1d4c2, "mn"),
    (0x1d4c5, "pqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijk"), (0x1d4f5, "lmnopqrstuvwxyzAB"), (0x1d507, "DEFG"),
    (0x1d50d, "JKLMNOPQ"), (0x1d516, "STUVWXY"), (0x1d51e, "abcdefghijklmnopqrstuvwxyzAB"), (0x1d53b, "DEFG"),
    (0x1d540, "IJKLM"), (0x1d546, "O"), (0x1d54a, "STUVWXY"),
    (0x1d552, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"),
    (0x1d582, "WXYZabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQR"),
    (0x1d5b2, "STUVWXYZabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"),
    (0x1d5e2, "OPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzABCDEFGHIJ"),
    (0x1d612, "KLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzABCDEF"),
    (0x1d642, "GHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzAB"),
    (0x1d672, "CDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"), (0x1d6a2, "yz"),
    (0x1d7ce, "012345678901234567890123456789012345678901234567"), (0x1d7fe, "89"),
];

/// Runs of characters that become more than one character or none, which bars part.
#[rustfmt::skip]
const WORDS: &[(u32, &str)] = &[
    (0xa9, "(C)"), (0xab, "<<"), (0xae, "(R)"), (0xbb, ">>| 1/4 | 1/2 | 3/4 "), (0xc6, "AE"), (0xdf, "ss"),
    (0xe6, "ae"), (0x132, "IJ|ij"), (0x149, "'n"), (0x152, "OE|oe"), (0x1c7, "LJ|Lj|lj|NJ|Nj|nj"),
    (0x1f1, "DZ|Dz|dz"), (0x372, "SS|ss"), (0x375, "#`"), (0x398, "TH"), (0x3a7, "CH|PS"), (0x3b8, "th"),
    (0x3c7, "ch|ps"), (0x3d1, "th|Y`|Y`|Y`"), (0x3de, "90|90|900|900|SH|sh"), (0x3e6, "KH|kh"),
    (0x3ea, "DJ|dj|GJ|gj|TI|ti"), (0x3f4, "TH"), (0x3f7, "SH|sh"), (0x401, "YO|DJ|G`|YE|Z`"), (0x407, "YI"),
    (0x409, "L`|N`|TSH|K`"), (0x40e, "U`|DH"), (0x416, "ZH"), (0x426, "CZ|CH|SH|SHH|A`|Y`"), (0x42d, "E`|YU|YA"),
    (0x436, "zh"), (0x446, "cz|ch|sh|shh|``|y`"), (0x44d, "e`|yu|ya"), (0x451, "yo|dj|g`|ye|z`"), (0x457, "yi"),
    (0x459, "l`|n`|tsh|k`"), (0x45e, "u`|dh"), (0x46a, "O`|o`"), (0x472, "FH|fh|YH|yh"), (0x48c, "E`|e`"),
    (0x490, "G`|g`|GH|gh|GH|gh|ZH`|zh`"), (0x49a, "K`|k`"), (0x49e, "K`|k`"),
    (0x4a2, "N`|n`|NG|ng|P`|p`|O`|o`|C`|C`|T`|t`"), (0x4b2, "H`|h`|TCZ|tcz"), (0x4ba, "SH`|sh`|CH`|ch`|CH`|ch`"),
    (0x4c1, "ZH`|zh`"), (0x4cb, "CH`|ch`"), (0x4d0, "A`|a`|A`|a`"), (0x4d6, "E`|e`|A`|a`"),
    (0x4dc, "ZH`|zh`|Z`|z`|Z`|z`"), (0x4e4, "I`|i`|O`|o`|O`|o`"), (0x4f0, "U`|u`|U`|u`|CH`|ch`"), (0x4f8, "Y`|y`"),
    (0x200b, ""), (0x2014, "--"), (0x201e, ",,"), (0x2025, "..|..."), (0x2036, "``|```"), (0x203c, "!!"),
    (0x2047, "??|?!|!?"), (0x2060, "|||"), (0x20a1, "C="), (0x20a8, "Rs"), (0x20ac, "EUR"), (0x20b9, "INR"),
    (0x2100, "a/c|a/s"), (0x2105, "c/o|c/u"), (0x2116, "No"), (0x2121, "TEL|(TM)"), (0x2126, "Ohm"),
    (0x2153, " 1/3 | 2/3 | 1/5 | 2/5 | 3/5 | 4/5 | 1/6 | 5/6 | 1/8 | 3/8 | 5/8 | 7/8 | 1/"), (0x2161, "II|III|IV"),
    (0x2165, "VI|VII|VIII|IX"), (0x216a, "XI|XII"), (0x2171, "ii|iii|iv"), (0x2175, "vi|vii|viii|ix"),
    (0x217a, "xi|xii"), (0x2190, "<-"), (0x2192, "->"), (0x2194, "<->"), (0x21d0, "<="), (0x21d2, "=>"),
    (0x21d4, "<=>"), (0x2264, "<=|>="), (0x226a, "<<|>>"), (0x22d8, "<<<|>>>"),
    (0x2400, "NUL|SOH|STX|ETX|EOT|ENQ|ACK|BEL|BS|HT|LF|VT|FF|CR|SO|SI|DLE|DC1|DC2|DC3|DC4|NAK|SYN|ETB|CAN"),
    (0x2419, "EM|SUB|ESC|FS|GS|RS|US|SP|DEL"), (0x2424, "NL"),
    (0x2460, "(1)|(2)|(3)|(4)|(5)|(6)|(7)|(8)|(9)|(10)|(11)|(12)|(13)|(14)|(15)|(16)|(17)|(18)|(19)|(20)"),
    (0x2474, "(1)|(2)|(3)|(4)|(5)|(6)|(7)|(8)|(9)|(10)|(11)|(12)|(13)|(14)|(15)|(16)|(17)|(18)|(19)|(20)"),
    (0x2488, "1.|2.|3.|4.|5.|6.|7.|8.|9.|10.|11.|12.|13.|14.|15.|16.|17.|18.|19.|20.|(a)|(b)|(c)|(d)|(e)"),
    (0x24a1, "(f)|(g)|(h)|(i)|(j)|(k)|(l)|(m)|(n)|(o)|(p)|(q)|(r)|(s)|(t)|(u)|(v)|(w)|(x)|(y)|(z)|(A)|(B)"),
    (0x24b8, "(C)|(D)|(E)|(F)|(G)|(H)|(I)|(J)|(K)|(L)|(M)|(N)|(O)|(P)|(Q)|(R)|(S)|(T)|(U)|(V)|(W)|(X)|(Y)"),
    (0x24cf, "(Z)|(a)|(b)|(c)|(d)|(e)|(f)|(g)|(h)|(i)|(j)|(k)|(l)|(m)|(n)|(o)|(p)|(q)|(r)|(s)|(t)|(u)|(v)"),
    (0x24e6, "(w)|(x)|(y)|(z)|(0)"), (0x2a74, "::=|==|==="),
    (0x3251, "(21)|(22)|(23)|(24)|(25)|(26)|(27)|(28)|(29)|(30)|(31)|(32)|(33)|(34)|(35)"),
    (0x32b1, "(36)|(37)|(38)|(39)|(40)|(41)|(42)|(43)|(44)|(45)|(46)|(47)|(48)|(49)|(50)"),
    (0x3371, "hPa|da|AU|bar|oV|pc"),
    (0x3380, "pA|nA|uA|mA|kA|KB|MB|GB|cal|kcal|pF|nF|uF|ug|mg|kg|Hz|kHz|MHz|GHz|THz|ul|ml|dl|kl|fm|nm|um"),
    (0x339c, "mm|cm|km|mm^2|cm^2|m^2|km^2|mm^3|cm^3|m^3|km^3|m/s|m/s^2|Pa|kPa|MPa|GPa|rad|rad/s|rad/s^2|ps"),
    (0x33b1, "ns|us|ms|pV|nV|uV|mV|kV|MV|pW|nW|uW|mW|kW|MW"),
    (0x33c2, "a.m.|Bq|cc|cd|C/kg|Co.|dB|Gy|ha|HP|in|KK|KM|kt|lm|ln|log|lx|mb|mil|mol|PH|p.m.|PPM|PR|sr|Sv"),
    (0x33dd, "Wb"), (0xfb00, "ff|fi|fl|ffi|ffl"), (0xfb06, "st"), (0xfe00, "|||||||||||||||"), (0xfeff, ""),
];
