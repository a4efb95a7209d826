using Orleans.Configuration;

namespace VisionCluster.Server.Clustering;

/// <summary>
/// How fast a lost silo is noticed. A killed one is found out by its broken connections and three probes, one that hangs
/// within a few seconds; one that only stalls for a few seconds is left alone. Measured values are in the repository's
/// notes on clustering.
/// </summary>
internal static class MembershipSetup
{
    public static void Tune(ISiloBuilder silo)
    {
        silo.Configure<ClusterMembershipOptions>(static membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(1.5);
            membership.NumMissedProbesLimit = 3;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        });
        // A caller that gave up is not served.
        silo.Configure<SiloMessagingOptions>(static messaging => messaging.CancelRequestOnTimeout = true);
        silo.Configure<GrainCollectionOptions>(static collection => collection.EnableActivationSheddingOnMemoryPressure = true);
    }
}
