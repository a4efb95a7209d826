using System.Globalization;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Gateway.Authentication;

namespace VisionCluster.Gateway.Admission;

/// <summary>
/// How urgent a call is, from its headers: <c>Vision-Lane</c> (<c>interactive</c>, <c>online</c>, <c>bulk</c>),
/// <c>Vision-Priority</c> (1 is first) and <c>Vision-Timeout-Ms</c>, as far as the tenant may.
/// </summary>
internal static class CallHeaders
{
    public const string Lane = "Vision-Lane";
    public const string Priority = "Vision-Priority";
    public const string Timeout = "Vision-Timeout-Ms";

    private const int MaxPriority = 16;

    /// <param name="context">The request.</param>
    /// <param name="usual">Lane of a call that names none; what is usually bulk may take longer.</param>
    /// <exception cref="VisionException"><c>InvalidRequest</c>.</exception>
    public static CallOptions Read(HttpContext context, RequestLane usual)
    {
        var headers = context.Request.Headers;
        var limits = context.RequestServices.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var limit = usual == RequestLane.Bulk ? limits.MaxBulkTimeout : limits.MaxTimeout;
        var violations = new List<string>();
        var lane = usual;
        if (headers.TryGetValue(Lane, out var laneText)
            && !(Enum.TryParse(laneText, ignoreCase: true, out lane) && Enum.IsDefined(lane) && char.IsLetter(laneText.ToString()[0])))
        {
            violations.Add($"'{Lane}' must be interactive, online or bulk.");
        }

        var priority = Number(headers, Priority, MaxPriority, violations) ?? 0;
        var timeout = Number(headers, Timeout, (int)limit.TotalMilliseconds, violations) is { } milliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : limit;
        VisionException.ThrowIfAny(violations);
        return Within(context, new CallOptions { Lane = lane, Priority = priority, Timeout = timeout });
    }

    /// <summary>What a call asks for, as far as the tenant may.</summary>
    public static CallOptions Within(HttpContext context, CallOptions options) =>
        context.RequestServices.GetRequiredService<IOptions<TenantLimitOptions>>().Value.Of(TenantClaim.Of(context.User).Value).Within(options);

    private static int? Number(IHeaderDictionary headers, string name, int most, List<string> violations)
    {
        if (!headers.TryGetValue(name, out var text))
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most)
        {
            return number;
        }

        violations.Add($"'{name}' must be a whole number from 1 to {most}.");
        return null;
    }
}
