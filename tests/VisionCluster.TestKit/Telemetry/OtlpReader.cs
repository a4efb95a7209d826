using Google.Protobuf;

namespace VisionCluster.TestKit.Telemetry;

/// <summary>
/// Reads of an OTLP export what tests ask for; field numbers are those of opentelemetry-proto's <c>trace.proto</c>,
/// <c>logs.proto</c> and <c>common.proto</c>, version 1.
/// </summary>
internal static class OtlpReader
{
    private static readonly Fields Span = new(TraceId: 1, SpanId: 2, ParentSpanId: 4, Text: 5, Attribute: 9);

    // No field has number 0: a log record has no parent.
    private static readonly Fields LogRecord = new(TraceId: 9, SpanId: 10, ParentSpanId: 0, Text: 5, Attribute: 6);

    public static IEnumerable<OtlpRecord> Spans(byte[] export) => Records(export).Select(static record => Read(record, Span, static name => name.ToStringUtf8()));

    public static IEnumerable<OtlpRecord> Logs(byte[] export) => Records(export).Select(static record => Read(record, LogRecord, Value));

    /// <summary>Both kinds of export lie alike: 1 a resource's, in it 2 a scope's, in it 2 a record.</summary>
    private static IEnumerable<ByteString> Records(byte[] export) =>
        from resource in Messages(ByteString.CopyFrom(export))
        where resource.Number == 1
        from scope in Messages(resource.Content)
        where scope.Number == 2
        from record in Messages(scope.Content)
        where record.Number == 2
        select record.Content;

    private static OtlpRecord Read(ByteString record, Fields fields, Func<ByteString, string> text)
    {
        var all = Messages(record);
        return new(
            Hex(fields.TraceId),
            Hex(fields.SpanId),
            Hex(fields.ParentSpanId),
            text(Last(all, fields.Text)),
            all.Where(field => field.Number == fields.Attribute).Select(static field => Messages(field.Content))
                .ToDictionary(static pair => Last(pair, 1).ToStringUtf8(), static pair => Value(Last(pair, 2)), StringComparer.Ordinal));

        string Hex(int number) => Convert.ToHexStringLower(Last(all, number).Span);
    }

    /// <summary>An <c>AnyValue</c>'s text; empty where it is none.</summary>
    private static string Value(ByteString value) => Last(Messages(value), 1).ToStringUtf8();

    private static ByteString Last(List<(int Number, ByteString Content)> fields, int number) =>
        fields.LastOrDefault(field => field.Number == number).Content ?? ByteString.Empty;

    /// <summary>The fields of a message that have a length: texts, bytes, messages.</summary>
    private static List<(int Number, ByteString Content)> Messages(ByteString message)
    {
        var input = message.CreateCodedInput();
        var fields = new List<(int, ByteString)>();
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                fields.Add((WireFormat.GetTagFieldNumber(tag), input.ReadBytes()));
            }
            else
            {
                input.SkipLastField();
            }
        }

        return fields;
    }

    private sealed record Fields(int TraceId, int SpanId, int ParentSpanId, int Text, int Attribute);
}
