using System.Diagnostics;
using System.Globalization;

namespace VisionCluster.Benchmarks.Text;

/// <summary>
/// CLIP's tokenizer in Python, written as the original is: repaired by ftfy, html unescaped twice, white space collapsed,
/// lower case, words by the <c>regex</c> module, byte-pair merges with a dictionary that remembers words. Debian has no
/// ftfy: where Python finds none (<c>PYTHONPATH</c> can lead to one) the rest runs without it.
/// </summary>
internal sealed class PythonTokenizer : IDisposable
{
    private const string Script =
        """
        import html, sys, time
        import regex
        try:
            from ftfy import fix_text
        except ImportError:
            fix_text = None
        merges = [tuple(line.split()) for line in open(sys.argv[1], encoding="utf-8").read().split("\n") if line and not line.startswith("#version")]
        codes = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
        symbols = {b: chr(b) for b in codes}
        for b in range(256):
            symbols.setdefault(b, chr(256 + len(symbols) - len(codes)))
        ordered = [symbols[b] for b in codes] + [symbols[b] for b in range(256) if b not in set(codes)]
        ids = {token: i for i, token in enumerate(ordered + [c + "</w>" for c in ordered] + ["".join(pair) for pair in merges])}
        ranks = {pair: i for i, pair in enumerate(merges)}
        start, end = len(ids), len(ids) + 1
        words = regex.compile(r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", regex.IGNORECASE)
        spaces = regex.compile(r"\s+")
        known = {}
        def split(token):
            if token in known:
                return known[token]
            word = tuple(token[:-1]) + (token[-1] + "</w>",)
            while len(word) > 1:
                best = min(zip(word, word[1:]), key=lambda pair: ranks.get(pair, 1 << 30))
                if best not in ranks:
                    break
                merged, i = [], 0
                while i < len(word):
                    if i + 1 < len(word) and (word[i], word[i + 1]) == best:
                        merged.append(word[i] + word[i + 1])
                        i += 2
                    else:
                        merged.append(word[i])
                        i += 1
                word = tuple(merged)
            known[token] = [ids[part] for part in word]
            return known[token]
        def encode(text):
            text = fix_text(text) if fix_text else text
            text = spaces.sub(" ", html.unescape(html.unescape(text)).strip()).strip().lower()
            found = [start]
            for word in words.findall(text):
                found += split("".join(symbols[b] for b in word.encode("utf-8")))
            found.append(end)
            return found + [0] * (77 - len(found))
        for line in sys.stdin:
            texts = open(line.strip(), encoding="utf-8").read().split("\n")
            began = time.process_time()
            rows = [encode(text) for text in texts]
            took = time.process_time() - began
            print(took * 1000, sum(sum((i + 1) * id % 65521 for i, id in enumerate(row)) for row in rows), int(fix_text is not None), flush=True)
        """;

    private readonly Process _process;

    private PythonTokenizer(Process process) => _process = process;

    /// <summary>Null where this machine has no Python with <c>regex</c>.</summary>
    public static PythonTokenizer? Start(string merges)
    {
        try
        {
            using var probe = Process.Start(Settings("-c", "import regex"))!;
            probe.WaitForExit();
            return probe.ExitCode == 0 ? new PythonTokenizer(Process.Start(Settings("-c", Script, merges))!) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Whether it repairs texts as the original does; known after a run.</summary>
    public bool Repairs { get; private set; }

    /// <summary>Milliseconds of processor time for the lines of a file, and a number that their tokens give.</summary>
    public async Task<(double Milliseconds, long Sum)> RunAsync(string path)
    {
        await _process.StandardInput.WriteLineAsync(path);
        var line = await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException(await _process.StandardError.ReadToEndAsync());
        var parts = line.Split(' ');
        Repairs = parts[2] == "1";
        return (double.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static ProcessStartInfo Settings(params string[] arguments) => new("/usr/bin/python3", arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
