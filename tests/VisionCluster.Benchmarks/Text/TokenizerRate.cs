using System.Globalization;
using VisionCluster.Contracts.Classification;
using VisionCluster.Inference.Text;

namespace VisionCluster.Benchmarks.Text;

/// <summary>The sentences of a vocabulary in all eighty templates, on one thread, against Python; both remember words.</summary>
internal sealed class TokenizerRate : IBenchmark
{
    private const int Labels = 250;
    private const int Pairs = 12;

    // One pass takes so little that a look at the processor's clock would blur it.
    private const int Passes = 8;

    public string Name => "Python / ours, CLIP's tokenizer on 20,000 sentences, processor time";

    public string Bar => ">= 20x";

    public async Task<Figure> RunAsync()
    {
        var merges = Path.Combine(AppContext.BaseDirectory, "models", "starter-clip", "merges.txt");
        using var python = PythonTokenizer.Start(merges);
        if (python is null)
        {
            return new Figure(double.NaN, double.NaN, double.NaN, "x", false, "not measured: no Python with the regex module here");
        }

        TemplateSets.TryGet("imagenet80", out var templates);
        var words = File.ReadLines(merges).Skip(2000).Select(line => line.Replace(" ", "", StringComparison.Ordinal))
            .Where(word => word.EndsWith("</w>", StringComparison.Ordinal) && word[..^4].All(char.IsAsciiLetter)).Select(word => word[..^4]);
        var labels = words.Chunk(2).Take(Labels).Select(pair => string.Join(' ', pair)).ToArray();
        string[] texts = [.. labels.SelectMany(label => templates!.Select(template => template.Replace("{}", label, StringComparison.Ordinal)))];
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, string.Join('\n', texts));
        var tokenizer = ClipTokenizer.FromMerges(merges);
        var rows = Array.ConvertAll(texts, _ => new long[77]);
        var (ratios, own, same) = (new List<double>(), new List<double>(), true);
        for (var pair = -2; pair < Pairs; pair++)
        {
            var before = Environment.CpuUsage.TotalTime;
            for (var pass = 0; pass < Passes; pass++)
            {
                Encode(tokenizer, texts, rows);
            }

            var ours = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Passes;
            var (theirs, sum) = await python.RunAsync(path);
            same &= Sum(rows) == sum;
            if (pair >= 0)
            {
                ratios.Add(theirs / ours);
                own.Add(1000 * ours / texts.Length);
            }
        }

        File.Delete(path);
        return Figure.Of(ratios, "x", median => median >= 20 && same, string.Create(
            CultureInfo.InvariantCulture,
            $"ours {Figure.At([.. own.Order()], 0.5):0.00} us a sentence; {(same ? "the same tokens" : "OTHER TOKENS")}; Python {(python.Repairs ? "with ftfy" : "without ftfy, which the original runs on every text: a lower bound")}"));
    }

    private static void Encode(ClipTokenizer tokenizer, string[] texts, long[][] rows)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            tokenizer.Encode(texts[i], rows[i], truncate: false, ClipPadding.Zero);
        }
    }

    private static long Sum(long[][] rows) => rows.Sum(row => row.Select((id, i) => (i + 1) * id % 65521).Sum());
}
