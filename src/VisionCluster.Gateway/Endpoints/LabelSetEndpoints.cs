using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Errors;
using VisionCluster.Gateway.Authentication;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>A tenant's own vocabularies: <c>/v1/label-sets</c>.</summary>
internal static class LabelSetEndpoints
{
    public static void MapLabelSets(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var sets = routes.MapGroup("/v1/label-sets").WithTags("Label sets").RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxJsonBytes));
        sets.MapPut("/{name}", PutAsync).WithName("PutLabelSet")
            .WithSummary("Keep labels under a name, to classify and detect with.")
            .Produces<LabelSetDescription>(StatusCodes.Status200OK)
            .Produces<LabelSetDescription>(StatusCodes.Status201Created)
            .WithProblems(400, 413, 429, 503);
        sets.MapGet("/{name}", GetAsync).WithName("GetLabelSet").WithSummary("A label set.").WithProblems(400, 404);
        sets.MapDelete("/{name}", DeleteAsync).WithName("DeleteLabelSet").WithSummary("Forget a label set.").WithProblems(400, 404);
    }

    private static async Task<IResult> PutAsync(HttpContext context, IGrainFactory grains, string name, LabelSet labels)
    {
        VisionException.ThrowIfAny(labels.Violations());
        var grain = Grain(context, grains, name);
        var created = await grain.PutAsync(labels, context.RequestAborted);
        var description = await grain.GetAsync(context.RequestAborted);
        return created ? TypedResults.Created($"/v1/label-sets/{name}", description) : TypedResults.Ok(description);
    }

    private static async Task<Ok<LabelSetDescription>> GetAsync(HttpContext context, IGrainFactory grains, string name) =>
        TypedResults.Ok(await Grain(context, grains, name).GetAsync(context.RequestAborted));

    private static async Task<NoContent> DeleteAsync(HttpContext context, IGrainFactory grains, string name)
    {
        await Grain(context, grains, name).DeleteAsync(context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static ILabelSetGrain Grain(HttpContext context, IGrainFactory grains, string name) =>
        grains.GetGrain<ILabelSetGrain>(LabelSetKey.FromCaller(TenantClaim.Of(context.User), name).ToString());
}
