using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.LabelSets;

/// <summary>How many labels a tenant may use at once, and how many sets it may keep.</summary>
internal sealed class LabelLimit(IOptions<TenantLimitOptions> limits, IOptions<LabelSetOptions> options)
{
    /// <summary>Refuses a request or set of more labels than the tenant may use.</summary>
    /// <exception cref="VisionException"><c>Forbidden</c>: trying again does not help.</exception>
    public void Check(TenantId tenant, int labels)
    {
        if (limits.Value.Of(tenant.Value).Labels is > 0 and var most && labels > most)
        {
            throw new VisionException(VisionErrorCode.Forbidden, $"The tenant may use at most {most} labels at once; these are {labels}.");
        }
    }

    /// <summary>Most label sets of a tenant.</summary>
    public int SetsOf(string tenant) => limits.Value.Of(tenant).LabelSets is > 0 and var own ? own : options.Value.SetsPerTenant;
}
