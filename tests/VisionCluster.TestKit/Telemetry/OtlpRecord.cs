namespace VisionCluster.TestKit.Telemetry;

/// <summary>A span or a log record as it was exported; ids in lower-case hexadecimal, empty where there is none.</summary>
/// <param name="TraceId">Of the trace, 32 digits.</param>
/// <param name="SpanId">Of the span itself, or of the one that the log record was written in; 16 digits.</param>
/// <param name="ParentSpanId">Of the span that a span is part of, 16 digits; a log record has none.</param>
/// <param name="Text">A span's name; a log record's body.</param>
/// <param name="Attributes">Those with a text as value, by name.</param>
public sealed record OtlpRecord(
    string TraceId, string SpanId, string ParentSpanId, string Text, IReadOnlyDictionary<string, string> Attributes);
