using System.Text;
using VisionCluster.Inference.Text;

namespace VisionCluster.Inference.Tests.Text;

/// <summary>Byte-pair merging as the rule is told: again and again the earliest merge, everywhere it fits.</summary>
internal sealed class PlainBytePairs
{
    private readonly Dictionary<(string, string), int> _ranks = [];
    private readonly Dictionary<string, int> _ids = [];

    public PlainBytePairs(IEnumerable<string> merges)
    {
        foreach (string suffix in (string[])["", "</w>"])
        {
            foreach (byte value in ByteSymbols.Order)
            {
                _ids.Add(ByteSymbols.Of(value) + suffix, _ids.Count);
            }
        }

        foreach (string[] parts in merges.Select(line => line.Split(' ')))
        {
            _ranks.Add((parts[0], parts[1]), _ranks.Count);
            _ids.Add(parts[0] + parts[1], _ids.Count);
        }
    }

    public int[] Split(string word)
    {
        List<string> parts = [.. Encoding.UTF8.GetBytes(word).Select(value => $"{ByteSymbols.Of(value)}")];
        parts[^1] += "</w>";
        while (true)
        {
            (string, string)[] pairs = [.. parts.Zip(parts.Skip(1)).Where(_ranks.ContainsKey)];
            if (pairs.Length == 0)
            {
                return [.. parts.Select(part => _ids[part])];
            }

            (string First, string Second) best = pairs.MinBy(pair => _ranks[pair]);
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                if (parts[i] == best.First && parts[i + 1] == best.Second)
                {
                    parts[i] += parts[i + 1];
                    parts.RemoveAt(i + 1);
                }
            }
        }
    }
}
