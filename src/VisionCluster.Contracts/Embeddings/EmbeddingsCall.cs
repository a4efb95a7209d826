using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>
/// The grain calls that an <see cref="EmbeddingsRequest"/> comes to: its texts in parts over several silos, each image
/// where its session is.
/// </summary>
/// <param name="grains">The cluster.</param>
/// <param name="tenant">Who asks.</param>
/// <param name="request">Without violations.</param>
/// <param name="options">Lane, priority and deadline.</param>
public sealed class EmbeddingsCall(IGrainFactory grains, TenantId tenant, EmbeddingsRequest request, CallOptions options)
{
    private const int TextsPerCall = 128;
    private const int Window = 16;

    /// <summary>The embeddings, in order.</summary>
    /// <exception cref="Errors.VisionException">What any of the inputs failed with.</exception>
    public async Task<EmbeddingsResponse> RunAsync(CancellationToken cancellationToken)
    {
        var parts = Parts().ToArray();
        var answers = new EmbeddedInputs[parts.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Window, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, parts.Length, parallel, async (i, token) => answers[i] = await AskAsync(parts[i], token))
            .ConfigureAwait(false);
        var data = new EmbeddingData[request.Input.Count];
        foreach (var (part, answer) in parts.Zip(answers))
        {
            for (var i = 0; i < part.Length; i++)
            {
                var row = answer.Rows.Values.Slice(i * answer.Rows.Dimension, answer.Rows.Dimension);
                data[part[i]] = new EmbeddingData(part[i], new EmbeddingVector(row, request.EncodingFormat));
            }
        }

        var tokens = answers.Sum(static answer => answer.Tokens);
        return new EmbeddingsResponse(data, answers[0].Model, new EmbeddingUsage(tokens, tokens))
        {
            Timings = StageTimings.Sum(answers.Select(static answer => answer.Timings)),
        };
    }

    /// <summary>Places of the inputs that go together.</summary>
    private IEnumerable<int[]> Parts()
    {
        var texts = Enumerable.Range(0, request.Input.Count).Where(i => request.Input[i].Text is not null);
        var others = Enumerable.Range(0, request.Input.Count).Where(i => request.Input[i].Text is null);
        return texts.Chunk(TextsPerCall).Concat(others.Select(static i => (int[])[i]));
    }

    private Task<EmbeddedInputs> AskAsync(int[] part, CancellationToken cancellationToken)
    {
        var first = request.Input[part[0]];
        if (first.Image is { } id)
        {
            return grains.GetGrain<IImageSessionGrain>(ImageKey.FromCaller(tenant, id).ToString())
                .EmbedAsync(request.Model, options, cancellationToken);
        }

        var grain = grains.GetGrain<IOneShotGrain>(OneShotKey.Next(tenant).ToString());
        return first.Text is null
            ? grain.EmbedImageAsync(new ImageContent(first.Content), request.Model, options, cancellationToken)
            : grain.EmbedTextsAsync(
                Array.ConvertAll(part, i => request.Input[i].Text!), request.Model, request.Truncate, options, cancellationToken);
    }
}
