namespace VisionCluster.Inference.Text;

/// <summary>The code page in which bytes 0x80 to 0x9F print, where Latin-1 has control characters.</summary>
internal static class Windows1252
{
    private const string High =
        "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F"
        + "\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    /// <summary>The character of a byte; five bytes without one stay control characters.</summary>
    public static char ToChar(byte value) => value is >= 0x80 and <= 0x9F ? High[value - 0x80] : (char)value;

    /// <summary>The byte of a character, Latin-1's control characters included; -1 where there is none.</summary>
    public static int ToByte(char value)
    {
        if (value <= 0xFF)
        {
            return value;
        }

        int index = High.IndexOf(value, StringComparison.Ordinal);
        return index < 0 ? -1 : 0x80 + index;
    }
}
