using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Grains.ModelHosts;
using VisionCluster.Grains.Placement;
using VisionCluster.Inference.Caching;
using VisionCluster.Inference.Models.Clip;

namespace VisionCluster.Grains.TextEmbeddings;

/// <summary>
/// One shard of a model's label embeddings: this activation's memory, then the cluster's store, then the encoder. A
/// label that is being embedded is waited for, not embedded twice.
/// </summary>
[DevicePlacement]
internal sealed class TextEmbeddingGrain(
    LocalHosts hosts, ITextEmbeddingStore store, IOptions<TextEmbeddingOptions> options, TextEmbeddingInstruments instruments) : Grain, ITextEmbeddingGrain
{
    /// <summary>Sentences of one call to the host; a label's sentences stay together.</summary>
    private const int SentencesPerCall = 512;

    private readonly LruCache<LabelKey, float[]> _rows = new(() => options.Value.LabelsPerShard, static _ => 1);
    private readonly Dictionary<LabelKey, Task<float[]>> _running = [];

    private string Model => field ??= TextShardKey.FromGrainKey(this.GetPrimaryKeyString()).Model;

    public async Task<LabelEmbeddings> EmbedAsync(
        IReadOnlyList<string> labels,
        PromptTemplates templates,
        TenantId tenant,
        CallOptions options,
        CancellationToken cancellationToken)
    {
        var sentences = TemplateKey.Of(templates);
        var missing = labels.Distinct(StringComparer.Ordinal)
            .Select(label => new LabelKey(Model, label, sentences))
            .Where(key => _rows.Find(key) is null && !_running.ContainsKey(key)).ToArray();
        instruments.Found(TextEmbeddingInstruments.Shard, labels.Count - missing.Length);
        Begin(missing, TemplateSets.Resolve(templates), tenant, options);
        var rows = await Task.WhenAll(labels.Select(label => RowAsync(new LabelKey(Model, label, sentences))))
            .WaitAsync(cancellationToken);
        return LabelMatrix.Of(rows);
    }

    private Task<float[]> RowAsync(LabelKey key) =>
        _running.TryGetValue(key, out var running) ? running : Task.FromResult(_rows.Find(key)!);

    /// <summary>
    /// Starts the encoder for labels that nobody asked for before. The runs outlive the caller: others may have joined,
    /// and a finished embedding serves whoever asks again.
    /// </summary>
    private void Begin(LabelKey[] missing, IReadOnlyList<string> templates, TenantId tenant, CallOptions options)
    {
        var previous = Task.CompletedTask;
        foreach (var part in missing.Chunk(Math.Max(1, SentencesPerCall / templates.Count)))
        {
            var batch = EmbedLabelsAsync(previous, part, templates, tenant, options with { Timeout = null });
            previous = batch;
            for (var i = 0; i < part.Length; i++)
            {
                _running[part[i]] = FinishAsync(part[i], i, batch);
            }
        }
    }

    private async Task<float[]> FinishAsync(LabelKey key, int index, Task<float[][]> batch)
    {
        // The task must be known as running before it ends, even where the batch ends at once.
        await Task.Yield();
        try
        {
            var row = (await batch)[index];
            _rows.TryAdd(key, row);
            return row;
        }
        finally
        {
            _running.Remove(key);
        }
    }

    /// <summary>One part after another, so that a call never has more than one in the encoder's queue.</summary>
    private async Task<float[][]> EmbedLabelsAsync(
        Task previous, LabelKey[] keys, IReadOnlyList<string> templates, TenantId tenant, CallOptions options)
    {
        await previous;
        var stored = await store.ReadAsync(keys);
        LabelKey[] missing = [.. keys.Where((_, i) => stored[i] is null)];
        instruments.Found(TextEmbeddingInstruments.Store, keys.Length - missing.Length);
        instruments.Found(TextEmbeddingInstruments.Encoder, missing.Length);
        if (missing.Length > 0)
        {
            var rows = await EncodeAsync(missing, templates, tenant, options);
            // Nobody waits for the store; a label that it misses is computed again some day.
            store.WriteAsync(missing, rows).Ignore();
            var next = 0;
            for (var i = 0; i < stored.Length; i++)
            {
                stored[i] ??= rows[next++];
            }
        }

        return stored!;
    }

    private async Task<float[][]> EncodeAsync(
        LabelKey[] keys, IReadOnlyList<string> templates, TenantId tenant, CallOptions options)
    {
        string[] texts = [.. keys.SelectMany(key => templates.Select(template => Fill(template, key.Label)))];
        var name = Model[..Model.LastIndexOf('@')];
        var embedded = await hosts[hosts.LeastLoaded()].EmbedTextsAsync(name, texts, tenant, options, CancellationToken.None);
        return await Task.Run(() => Enumerable.Range(0, keys.Length).Select(key => UnitVector.MeanOf(
            [.. Enumerable.Range(key * templates.Count, templates.Count).Select(row => embedded.Row(row).ToArray())])).ToArray());
    }

    private static string Fill(string template, string label) => template.Replace("{}", label, StringComparison.Ordinal);
}
