using System.IO.Hashing;
using System.Runtime.InteropServices;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Grains.TextEmbeddings;

namespace VisionCluster.Grains.LabelSets;

/// <summary>A request's labels with their embeddings: of its own list or of a label set, from this silo's matrices where they are.</summary>
internal sealed class Vocabularies(LabelSetCache sets, MatrixCache matrices, TextEmbeddingCache texts, LabelLimit limit)
{
    /// <param name="model">The CLIP model that embeds them, as <c>name@version</c>.</param>
    /// <param name="labels">The request's labels; null where it names a set.</param>
    /// <param name="labelSet">The set's name.</param>
    /// <param name="templates">Sentences of the request's labels; a set brings its own.</param>
    /// <param name="tenant">Who asks.</param>
    /// <param name="options">Lane, priority and deadline.</param>
    /// <param name="cancellationToken">The caller leaves.</param>
    /// <exception cref="Contracts.Errors.VisionException"><c>LabelSetNotFound</c>, <c>Forbidden</c>: too many for the tenant.</exception>
    public async ValueTask<Vocabulary> GetAsync(
        string model,
        IReadOnlyList<string>? labels,
        string? labelSet,
        PromptTemplates templates,
        TenantId tenant,
        CallOptions options,
        CancellationToken cancellationToken)
    {
        UInt128 version;
        if (labels is null)
        {
            var (written, set) = await sets.GetAsync(LabelSetKey.FromCaller(tenant, labelSet!), cancellationToken);
            (labels, templates) = (set.Labels, set.Templates);
            version = UInt128.Parse(written, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        }
        else
        {
            limit.Check(tenant, labels.Count);
            version = HashOf(labels, templates);
        }

        var key = new MatrixKey(tenant, model, version, labels.Count);
        if (matrices.Find(key) is { } kept)
        {
            return new Vocabulary(labels, kept);
        }

        var matrix = await texts.GetAsync(model, labels, templates, tenant, options, cancellationToken);
        matrices.Keep(key, matrix);
        return new Vocabulary(labels, matrix);
    }

    private static UInt128 HashOf(IReadOnlyList<string> labels, PromptTemplates templates)
    {
        var hash = new XxHash128();
        foreach (var label in labels)
        {
            Append(hash, label);
        }

        foreach (var template in TemplateSets.Resolve(templates))
        {
            Append(hash, template);
        }

        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>The length first: no two lists are one run of characters.</summary>
    private static void Append(XxHash128 hash, string text)
    {
        var length = text.Length;
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in length)));
        hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
    }
}
