using System.Diagnostics;

namespace VisionCluster.Contracts.Telemetry;

/// <summary>
/// The names under which the cluster shows itself; every span, attribute and instrument takes its own from here. Attributes
/// have few values: no id of an image, a mask or a request is one.
/// </summary>
public static class VisionTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "VisionCluster";

    /// <summary>Spans of the cluster itself; Orleans and ASP.NET Core add theirs.</summary>
    public static readonly ActivitySource Source = new(Name);

    /// <summary>Span of a batch: staging and run, linked to every request in it.</summary>
    public const string BatchSpan = "batch";

    /// <summary>Span of the device's run inside a batch's.</summary>
    public const string DeviceSpan = "device";

    /// <summary>Attribute: the tenant a call is made for; of metrics, see <see cref="TenantSeries"/>.</summary>
    public const string Tenant = "vision.tenant";

    /// <summary>Attribute: the graph of a model, such as <c>starter-sam/imageEncoder</c>.</summary>
    public const string Graph = "vision.graph";

    /// <summary>Attribute: the device's name.</summary>
    public const string Device = "vision.device";

    /// <summary>Attribute: how many items shared a run.</summary>
    public const string BatchSize = "vision.batch.size";

    /// <summary>Attribute: seconds that an item waited for its run.</summary>
    public const string QueueWait = "vision.queue.wait";

    /// <summary>Attribute: the stage's name, one of <see cref="Stages"/>.</summary>
    public const string Stage = "vision.stage";

    /// <summary>Attribute: the lane a call queued in.</summary>
    public const string Lane = "vision.lane";

    /// <summary>Attribute: a <see cref="Errors.VisionErrorCode"/>.</summary>
    public const string ErrorCode = "vision.error.code";

    /// <summary>Attribute: what a device was asked for: <c>segment</c>, <c>classify</c>, <c>detect</c>, <c>upload</c>...</summary>
    public const string Operation = "vision.operation";

    /// <summary>Attribute: how a look-up ended: <c>hit</c>, <c>shared</c> (with one that computes it), <c>miss</c>.</summary>
    public const string Result = "vision.result";

    /// <summary>Attribute: what bytes are held for: <c>models</c>, <c>embeddings</c>, <c>masks</c>.</summary>
    public const string Kind = "vision.kind";

    /// <summary>Attribute: a state, such as a <see cref="ModelHosts.DeviceState"/>.</summary>
    public const string State = "vision.state";

    /// <summary>Attribute: where a label's embedding was found: <c>silo</c>, <c>shard</c>, <c>store</c>, <c>encoder</c>.</summary>
    public const string Level = "vision.level";

    /// <summary>Attribute: why, where a metric counts by reason.</summary>
    public const string Reason = "vision.reason";

    /// <summary>Attribute: file that a certificate was read from.</summary>
    public const string Certificate = "vision.certificate";

    /// <summary>Names of instruments.</summary>
    public static class Metrics
    {
        /// <summary>Histogram, items: items that shared a run.</summary>
        public const string BatchSize = "vision.batch.size";

        /// <summary>Histogram, seconds: from entering a queue to the run.</summary>
        public const string QueueDuration = "vision.queue.duration";

        /// <summary>Histogram, seconds: length of a device's run.</summary>
        public const string RunDuration = "vision.run.duration";

        /// <summary>Counter: items refused by a queue or failed by a device, by reason.</summary>
        public const string QueueRefused = "vision.queue.refused";

        /// <summary>Items waiting.</summary>
        public const string QueueLength = "vision.queue.length";

        /// <summary>Histogram, seconds: time of a call in a stage.</summary>
        public const string StageDuration = "vision.stage.duration";

        /// <summary>Counter: look-ups in devices' embedding stores, by result.</summary>
        public const string EmbeddingLookups = "vision.embeddings.lookups";

        /// <summary>Counter: embeddings dropped for room.</summary>
        public const string EmbeddingsEvicted = "vision.embeddings.evicted";

        /// <summary>Counter: embeddings computed again that the device had held before.</summary>
        public const string EmbeddingsRecomputed = "vision.embeddings.recomputed";

        /// <summary>Gauge, bytes: held on a device, by kind.</summary>
        public const string DeviceHeld = "vision.device.held";

        /// <summary>Gauge, bytes: what a device's models, masks and embeddings may take together.</summary>
        public const string DeviceBudget = "vision.device.budget";

        /// <summary>Gauge, 0 to 1: share of the last seconds in which a device ran.</summary>
        public const string DeviceBusy = "vision.device.busy";

        /// <summary>Gauge, seconds: estimate until what waits for a device now has run, each graph's items by its own pace.</summary>
        public const string DeviceQueue = "vision.device.queue";

        /// <summary>Gauge: 1 for the state that a device is in, 0 for the others.</summary>
        public const string DeviceState = "vision.device.state";

        /// <summary>Counter: times that a device was lost.</summary>
        public const string DeviceLost = "vision.device.lost";

        /// <summary>Counter: images that a device's encoders ran on.</summary>
        public const string ImagesEncoded = "vision.images.encoded";

        /// <summary>Counter, seconds: device time by tenant, a run's time divided by its items' cost.</summary>
        public const string TenantDeviceTime = "vision.tenant.device.time";

        /// <summary>Gauge: sessions active on a silo.</summary>
        public const string SessionsActive = "vision.sessions.active";

        /// <summary>Counter: sessions that became active, <c>new</c> ones and those that <c>returned</c>.</summary>
        public const string SessionsActivated = "vision.sessions.activated";

        /// <summary>Counter: labels' embeddings found, by level.</summary>
        public const string TextLookups = "vision.text.lookups";

        /// <summary>Gauge: 1 while Redis is connected, 0 while it is not; absent without Redis.</summary>
        public const string RedisConnected = "vision.redis.connected";

        /// <summary>Counter: commands that Redis failed.</summary>
        public const string RedisErrors = "vision.redis.errors";

        /// <summary>Gauge, bytes: taken in the image store.</summary>
        public const string StoreUsed = "vision.store.used";

        /// <summary>Gauge, bytes: that the image store can take; absent where it has no bound.</summary>
        public const string StoreCapacity = "vision.store.capacity";

        /// <summary>Gauge, bytes: of images by tenant.</summary>
        public const string TenantStored = "vision.tenant.stored";

        /// <summary>Gauge, bytes: that one tenant may store.</summary>
        public const string TenantQuota = "vision.tenant.quota";

        /// <summary>Counter: requests answered with an error, by code.</summary>
        public const string RequestsRefused = "vision.requests.refused";

        /// <summary>Counter: requests by tenant.</summary>
        public const string TenantRequests = "vision.tenant.requests";

        /// <summary>Gauge, seconds: until a certificate of this server ends; less than 0 afterwards.</summary>
        public const string CertificateRemaining = "vision.certificate.remaining";
    }
}
