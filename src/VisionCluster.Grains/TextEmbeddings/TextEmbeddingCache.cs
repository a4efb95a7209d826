using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Caching;

namespace VisionCluster.Grains.TextEmbeddings;

/// <summary>This silo's label embeddings; what is missing is asked of the cluster's shards.</summary>
internal sealed class TextEmbeddingCache(
    IGrainFactory grains, IOptions<TextEmbeddingOptions> options, TextEmbeddingInstruments instruments)
{
    private const int ShardsAtOnce = 8;

    private readonly LruCache<LabelKey, float[]> _rows = new(() => options.Value.LabelsPerSilo, static _ => 1);

    /// <summary>A row for each label, in order.</summary>
    public async ValueTask<LabelEmbeddings> GetAsync(
        string model,
        IReadOnlyList<string> labels,
        PromptTemplates templates,
        TenantId tenant,
        CallOptions call,
        CancellationToken cancellationToken)
    {
        var sentences = TemplateKey.Of(templates);
        var rows = new float[labels.Count][];
        var missing = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < rows.Length; i++)
        {
            if (_rows.Find(new LabelKey(model, labels[i], sentences)) is { } row)
            {
                rows[i] = row;
            }
            else if (missing.TryGetValue(labels[i], out var places))
            {
                places.Add(i);
            }
            else
            {
                missing.Add(labels[i], [i]);
            }
        }

        instruments.Found(TextEmbeddingInstruments.Silo, labels.Count - missing.Values.Sum(static places => places.Count));
        // A few shards at a time: one call's thousands of labels must not fill the encoder's queue.
        foreach (var shards in missing.Keys.GroupBy(label => TextShardKey.For(model, label)).Chunk(ShardsAtOnce))
        {
            await Task.WhenAll(shards.Select(AskAsync));
        }

        return Inference.Models.Clip.LabelMatrix.Of(rows);

        async Task AskAsync(IGrouping<TextShardKey, string> shard)
        {
            string[] asked = [.. shard];
            var answer = await grains.GetGrain<ITextEmbeddingGrain>(shard.Key.ToString())
                .EmbedAsync(asked, templates, tenant, call, cancellationToken);
            for (var i = 0; i < asked.Length; i++)
            {
                var row = answer.Row(i).ToArray();
                _rows.TryAdd(new LabelKey(model, asked[i], sentences), row);
                missing[asked[i]].ForEach(place => rows[place] = row);
            }
        }
    }
}
