{{/* Begins every name, a Service's too, which may have no dots and no digit in front. */}}
{{- define "visioncluster.name" -}}
{{- if not (regexMatch "^[a-z]" .Release.Name) -}}
{{ fail (printf "the release's name (%s) must begin with a letter" .Release.Name) }}
{{- end -}}
{{- .Release.Name | replace "." "-" | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "visioncluster.labels" -}}
app.kubernetes.io/name: visioncluster
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "visioncluster.selector" -}}
app.kubernetes.io/name: visioncluster
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "visioncluster.redisSecret" -}}
{{- if .Values.redis.existingSecret -}}
{{ .Values.redis.existingSecret }}
{{- else if .Values.redis.bundled -}}
{{ include "visioncluster.name" . }}-redis
{{- else -}}
{{ fail "set redis.existingSecret, or redis.bundled for a trial" }}
{{- end -}}
{{- end -}}

{{- define "visioncluster.redisSecretKey" -}}
{{- if .Values.redis.existingSecret -}}{{ .Values.redis.existingSecretKey }}{{- else -}}connectionString{{- end -}}
{{- end -}}

{{/* Options of a role; a pool's own come last. */}}
{{- define "visioncluster.options" -}}
{{- $root := .root -}}
{{- $options := dict
  "Cluster" (dict "Provider" "Kubernetes" "ClusterId" $root.Values.clusterId "ServiceId" $root.Values.serviceId)
  "ImageStore" (dict "Provider" "Redis")
  "Drain" (dict
    "Notice" (printf "00:00:%02d" (int $root.Values.drain.noticeSeconds))
    "Timeout" (printf "%02d:%02d:%02d" (div (int $root.Values.drain.timeoutSeconds) 3600) (mod (div (int $root.Values.drain.timeoutSeconds) 60) 60) (mod (int $root.Values.drain.timeoutSeconds) 60)))
  "Roles" .roles -}}
{{- if .roles.Gateway -}}
{{- $_ := set $options "Gateway" (dict "GrpcPort" 8081) -}}
{{- end -}}
{{- if $root.Values.authentication.keysSecret -}}
{{- $_ := set $options "Authentication" (dict "KeyFile" "/etc/visioncluster/keys/keys.json") -}}
{{- end -}}
{{- if and .roles.Worker (or $root.Values.models.existingClaim $root.Values.models.download) -}}
{{- $_ := set $options "Models" (dict "Directories" (list "/models")) -}}
{{- end -}}
{{- $options = mustMergeOverwrite $options (deepCopy $root.Values.config) (deepCopy (.own | default dict)) -}}
{{- toPrettyJson (dict "Vision" $options) -}}
{{- end -}}

{{- define "visioncluster.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "visioncluster.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Environment of every server: what Orleans' hosting for Kubernetes reads, and secrets. */}}
{{- define "visioncluster.environment" -}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: POD_IP
  valueFrom: {fieldRef: {fieldPath: status.podIP}}
- name: ORLEANS_SERVICE_ID
  valueFrom: {fieldRef: {fieldPath: "metadata.labels['orleans/serviceId']"}}
- name: ORLEANS_CLUSTER_ID
  valueFrom: {fieldRef: {fieldPath: "metadata.labels['orleans/clusterId']"}}
- name: Vision__Redis__ConnectionString
  valueFrom:
    secretKeyRef:
      name: {{ include "visioncluster.redisSecret" . }}
      key: {{ include "visioncluster.redisSecretKey" . }}
{{- range .Values.secretEnvironment }}
- name: {{ .name }}
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}
{{- end }}
{{- if .Values.monitoring.otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .Values.monitoring.otlpEndpoint | quote }}
{{- end }}
{{- end -}}

{{/* Ports, probes and the end of every server's container. */}}
{{- define "visioncluster.container" -}}
ports:
  - {name: http, containerPort: 8080}
{{- if .grpc }}
  - {name: grpc, containerPort: 8081}
{{- end }}
  - {name: silo, containerPort: 11111}
  - {name: orleans, containerPort: 30000}
startupProbe:
  httpGet: {path: /health/ready, port: http}
  periodSeconds: 2
  failureThreshold: 150
readinessProbe:
  httpGet: {path: /health/ready, port: http}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
livenessProbe:
  httpGet: {path: /health/live, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
securityContext:
  {{- include "visioncluster.containerSecurity" . | nindent 2 }}
{{- end -}}

{{/* The pause for load balancers and the hand-over come with SIGTERM (Vision:Drain), so no preStop hook waits before it. */}}
{{- define "visioncluster.grace" -}}
{{ add (int .Values.drain.noticeSeconds) (int .Values.drain.timeoutSeconds) 20 }}
{{- end -}}

{{- define "visioncluster.mounts" -}}
- {name: options, mountPath: /app/appsettings.Production.json, subPath: appsettings.json, readOnly: true}
- {name: temporary, mountPath: /tmp}
{{- if .Values.authentication.keysSecret }}
- {name: keys, mountPath: /etc/visioncluster/keys, readOnly: true}
{{- end }}
{{- end -}}
