using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Grains.LabelSets;
using VisionCluster.Grains.TextEmbeddings;

namespace VisionCluster.Grains.Search;

/// <summary>
/// A search over all devices of the cluster: each compares what it holds, the answers are merged, and the sessions that
/// are to be named are asked whether they live.
/// </summary>
internal sealed class ImageSearch(IGrainFactory grains, Vocabularies vocabularies, TextModels textModels)
{
    /// <summary>A session that expired is forgotten when it is asked, so that the next round finds others.</summary>
    private const int MaxRounds = 3;

    public async Task<SearchResponse> RunAsync(
        IModelHostGrain host, SearchRequest request, TenantId tenant, CallOptions options, CancellationToken cancellationToken)
    {
        var model = textModels.ForImages(request.Model);
        var (query, timings) = await QueryAsync(host, model, request, tenant, options, cancellationToken);
        for (var round = 1; ; round++)
        {
            var (shards, complete) = await AskAsync(tenant, model, query, request.TopK, cancellationToken);
            // An image may be held twice while its session moves: it is named once.
            SearchResult[] nearest =
            [
                .. shards.SelectMany(shard => shard.Results).GroupBy(result => result.Image, StringComparer.Ordinal)
                    .Select(same => same.MaxBy(result => result.Score)!).OrderByDescending(result => result.Score)
                    .ThenBy(result => result.Image, StringComparer.Ordinal).Take(request.TopK),
            ];
            var lives = await Task.WhenAll(nearest.Select(result => grains.GetGrain<IImageSessionGrain>(
                new ImageKey(tenant, result.Image).ToString()).IsLiveAsync(cancellationToken)));
            if (round == MaxRounds || lives.All(live => live))
            {
                return new SearchResponse(
                    model[..model.LastIndexOf('@')],
                    [.. nearest.Where((_, i) => lives[i])],
                    shards.Sum(shard => shard.Compared),
                    complete,
                    timings);
            }
        }
    }

    private async Task<(LabelEmbeddings Query, StageTimings Timings)> QueryAsync(
        IModelHostGrain host, string model, SearchRequest request, TenantId tenant, CallOptions options, CancellationToken cancellationToken)
    {
        if (request.Text is { } text)
        {
            var words = await vocabularies.GetAsync(
                model, [text], null, request.Templates, tenant, options, cancellationToken);
            return (words.Matrix, StageTimings.Zero);
        }

        var embedded = DataUrl.Is(request.Image!)
            ? await host.EmbedContentAsync(
                request.Model,
                new ImageContent(DataUrl.Decode(request.Image!) ?? throw VisionException.Invalid("'image' must be an id or data:image/...;base64, and the image's bytes.")),
                tenant,
                options,
                cancellationToken)
            : await grains.GetGrain<IImageSessionGrain>(ImageKey.FromCaller(tenant, request.Image!).ToString())
                .EmbedAsync(request.Model, options, cancellationToken);
        return (embedded.Rows, embedded.Timings);
    }

    /// <summary>Every device that was reported lately; one that does not answer is left out.</summary>
    private async Task<(IReadOnlyList<SearchShard> Shards, bool Complete)> AskAsync(
        TenantId tenant, string model, LabelEmbeddings query, int topK, CancellationToken cancellationToken)
    {
        var devices = await grains.GetGrain<IDeviceDirectoryGrain>(0).ListAsync();
        var shards = await Task.WhenAll(devices.Select(async device =>
        {
            try
            {
                return await grains.GetGrain<IModelHostGrain>(device.Host).SearchAsync(tenant, model, query, topK, cancellationToken);
            }
            catch (Exception error) when (error is OrleansException or TimeoutException or VisionException { Code: VisionErrorCode.DeviceFailed })
            {
                return null;
            }
        }));
        return ([.. shards.OfType<SearchShard>()], Array.TrueForAll(shards, shard => shard is not null));
    }
}
