using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Grains.Tests.TextEmbeddings;

public sealed class TextEmbeddingGrainTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private ITextEmbeddingGrain Shard => shared.Server.Services.GetRequiredService<IGrainFactory>()
        .GetGrain<ITextEmbeddingGrain>("starter-clip@0/0");

    [Fact]
    public async Task Embed_ConcurrentCallsForOneLabel_AreOneRowOfLengthOne()
    {
        var rows = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => EmbedAsync("a bridge", PromptTemplates.Simple)));
        Assert.All(rows, row => Assert.Equal(rows[0].Values.ToArray(), row.Values.ToArray()));
        Assert.Equal(1, rows[0].Values.ToArray().Sum(v => (double)v * v), 1e-5);
    }

    [Fact]
    public async Task Embed_NamedSetAndTheSameSentences_AreTheSame()
    {
        var named = await EmbedAsync("a bridge", PromptTemplates.Named("simple"));
        var own = await EmbedAsync("a bridge", PromptTemplates.FromList(["a photo of a {}."]));
        Assert.Equal(named.Values.ToArray(), own.Values.ToArray());
    }

    [Fact]
    public async Task Embed_DifferentTemplates_Differ()
    {
        var one = await EmbedAsync("a bridge", PromptTemplates.None);
        var other = await EmbedAsync("a bridge", PromptTemplates.Simple);
        Assert.NotEqual(one.Values.ToArray(), other.Values.ToArray());
    }

    private Task<LabelEmbeddings> EmbedAsync(string label, PromptTemplates templates) =>
        Shard.EmbedAsync([label], templates, TenantId.Default, CallOptions.Default, default);
}
